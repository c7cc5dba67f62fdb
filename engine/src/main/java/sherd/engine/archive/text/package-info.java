/**
 * Words and what can be asked of them. A {@link sherd.engine.archive.text.Tokenizer} cuts text into terms, a
 * {@link sherd.engine.archive.text.Query} is a question, a {@link sherd.engine.archive.text.Matcher} answers it for
 * one row by reading the row: the plain scan, and the judge over what an index proposes.
 */
@NullMarked
package sherd.engine.archive.text;

import org.jspecify.annotations.NullMarked;
