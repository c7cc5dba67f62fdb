@NullMarked
package sherd.engine.planted.sound.disk;

import org.jspecify.annotations.NullMarked;
