@NullMarked
package sherd.engine.planted.sound.memory;

import org.jspecify.annotations.NullMarked;
