/**
 * Objects: runs of bytes under keys, kept somewhere else by an {@link sherd.engine.objects.ObjectStore} and never
 * changed. {@link sherd.engine.objects.PatientStore} asks again where that helps, {@link
 * sherd.engine.objects.ObjectPages} keeps pages that were read, and {@link sherd.engine.objects.ObjectFiles} makes of an
 * object a file that is read as any other.
 */
@NullMarked
package sherd.engine.objects;

import org.jspecify.annotations.NullMarked;
