@NullMarked
package sherd.server.objects;

import org.jspecify.annotations.NullMarked;
