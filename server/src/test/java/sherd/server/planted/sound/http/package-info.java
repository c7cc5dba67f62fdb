@NullMarked
package sherd.server.planted.sound.http;

import org.jspecify.annotations.NullMarked;
