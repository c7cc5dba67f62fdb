/**
 * When a row moves: the rule that keeps, queues or archives a row group, with its reason. The rule is pure; those who
 * act on it live above.
 */
@NullMarked
package sherd.engine.lifecycle;

import org.jspecify.annotations.NullMarked;
