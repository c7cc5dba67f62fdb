/**
 * The store: tables of arrays, cut into shards, whose old rows become segments. This package is the door; behind
 * it lie the floors, each of which knows only those below it (docs/decisions/0001-modules-and-floors.md). Nothing
 * in here knows a protocol, a socket or a configuration file.
 */
@NullMarked
package sherd.engine;

import org.jspecify.annotations.NullMarked;
