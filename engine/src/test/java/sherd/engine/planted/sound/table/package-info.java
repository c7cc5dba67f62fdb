@NullMarked
package sherd.engine.planted.sound.table;

import org.jspecify.annotations.NullMarked;
