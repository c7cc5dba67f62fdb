/**
 * The commit log: the order of accepted writes. Entries are checksummed and numbered by LSN; a torn tail is cut
 * at recovery and reported, and what was acknowledged under sync "always" is there.
 */
@NullMarked
package sherd.engine.log;

import org.jspecify.annotations.NullMarked;
