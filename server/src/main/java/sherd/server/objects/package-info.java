/**
 * Stores of objects that need a library: {@link sherd.server.objects.S3Store}. {@link sherd.server.objects.Objects}
 * chooses by the configuration.
 */
@NullMarked
package sherd.server.objects;

import org.jspecify.annotations.NullMarked;
