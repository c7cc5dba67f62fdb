@NullMarked
package sherd.server.planted.sound.cli;

import org.jspecify.annotations.NullMarked;
