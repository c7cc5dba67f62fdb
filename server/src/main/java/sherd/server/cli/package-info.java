/**
 * The command line, one class a verb. The only package that writes to standard output.
 */
@NullMarked
package sherd.server.cli;

import org.jspecify.annotations.NullMarked;
