@NullMarked
package sherd.engine.planted.sound.time;

import org.jspecify.annotations.NullMarked;
