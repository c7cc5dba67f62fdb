/**
 * Tables: a key index, columns and the archive as one thing that answers commands, cold rows included. A row has
 * exactly one current home.
 */
@NullMarked
package sherd.engine.table;

import org.jspecify.annotations.NullMarked;
