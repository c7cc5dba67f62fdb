/** Test worlds: a disk that fails, tears and forgets at a chosen step. */
@NullMarked
package sherd.engine.sim;

import org.jspecify.annotations.NullMarked;
