/**
 * What finds rows in a segment: terms with their rows (a {@link sherd.engine.archive.index.TermTable} gathers them, an
 * {@link sherd.engine.archive.index.TermWriter} writes them sorted, a {@link sherd.engine.archive.index.TermReader}
 * looks them up), and key hashes with their row and a filter before them ({@link
 * sherd.engine.archive.index.KeyTable}, {@link sherd.engine.archive.index.KeyReader}). Terms are byte strings here;
 * what a word is, is decided elsewhere.
 */
@NullMarked
package sherd.engine.archive.index;

import org.jspecify.annotations.NullMarked;
