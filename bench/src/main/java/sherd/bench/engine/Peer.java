package sherd.bench.engine;

import java.util.List;
import java.util.Locale;

/** Maps of others that live in this process, as the engine does when it is used without a server. */
public enum Peer {
    CAFFEINE,
    CHRONICLE_MAP,
    MAPDB;

    private static final List<String> OPENINGS = List.of(
            "-XX:-UseCompactObjectHeaders",
            "-Dchronicle.analytics.disable=true",
            "-Dchronicle.announcer.disable=true",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
            "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED");

    /** As tables call it. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Of the JVM, besides those that a node has. */
    List<String> options() {
        return switch (this) {
            case CAFFEINE -> List.of("-Xmx2g");
            case CHRONICLE_MAP -> OPENINGS;
            case MAPDB -> List.of("-XX:MaxDirectMemorySize=4g");
        };
    }

    /** An empty one with room for so many entries. */
    PeerMap open(long entries) {
        return switch (this) {
            case CAFFEINE -> new CaffeineMap(entries);
            case CHRONICLE_MAP -> new ChronicleEntries(entries);
            case MAPDB -> new MapDbEntries();
        };
    }
}
