/**
 * Tables as they are described: columns, their types, the key and the shard key. A schema is an immutable value;
 * changing a table makes another one.
 */
@NullMarked
package sherd.engine.schema;

import org.jspecify.annotations.NullMarked;
