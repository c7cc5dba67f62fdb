/**
 * Files: the only package that touches them, behind an interface which tests replace by one that fails and
 * forgets. A file becomes visible under its name only when it is complete and durable. What the system tells in files
 * of its own is read here too.
 */
@NullMarked
package sherd.engine.disk;

import org.jspecify.annotations.NullMarked;
