package sherd.server;

import org.jspecify.annotations.Nullable;

/** Which build this is. */
public final class Version {
    /** Only a packaged build knows its version; classes run from a folder do not. */
    public static final String TEXT = text(Version.class.getPackage().getImplementationVersion());

    private Version() {}

    private static String text(@Nullable String packaged) {
        return packaged == null ? "development" : packaged;
    }
}
