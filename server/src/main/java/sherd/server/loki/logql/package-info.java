/**
 * LogQL, without a store: a query's text becomes an {@link sherd.server.loki.logql.Expr}; a pipeline of
 * {@link sherd.server.loki.logql.Stage}s looks at one {@link sherd.server.loki.logql.LogLine} after the other, keeps it or
 * not, and may change its text and its {@link sherd.server.loki.logql.Labels}.
 */
@NullMarked
package sherd.server.loki.logql;

import org.jspecify.annotations.NullMarked;
