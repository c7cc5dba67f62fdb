package sherd.bench.side;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Output;
import sherd.server.config.HostPort;

/**
 * Infinispan's RESP server on a free port, embedded in a small main class, with a heap of two gigabytes since
 * it keeps all rows there. Its hundred jars are fetched by Maven when it is first asked for; they are no part of the build,
 * since they bring another Netty.
 */
public final class InfinispanServer extends Side {
    public static final String NAME = "infinispan";

    private static final String HEAP = "-Xmx2g";

    private final HostPort address;

    private InfinispanServer(Child child, HostPort address) {
        super(NAME, child);
        this.address = address;
    }

    /** An I/O thread a core, as a node has; its own choice of garbage collector. */
    public static InfinispanServer start(Path folder) {
        var source = Output.home().resolve("bench/peers/infinispan");
        var jars = Output.home().resolve("target/peers/infinispan");
        fetch(source.resolve("pom.xml"), jars);
        var address = new HostPort("127.0.0.1", FreePort.find());
        var command = List.of(
                Jvm.program(),
                HEAP,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                jars + "/*",
                source.resolve("RespNode.java").toString(),
                Integer.toString(address.port()),
                Integer.toString(Runtime.getRuntime().availableProcessors()),
                folder.toString());
        var errors = folder.resolveSibling(folder.getFileName() + ".err");
        return new InfinispanServer(Child.start(command, errors, "infinispan ready"::equals), address);
    }

    private static void fetch(Path pom, Path jars) {
        if (Files.isDirectory(jars)) {
            return;
        }
        var unfinished = jars.resolveSibling(jars.getFileName() + ".new");
        Tool.output(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "mvn",
                "-q",
                "-B",
                "-ntp",
                "-f",
                pom.toString(),
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                "-DoutputDirectory=" + unfinished));
        try {
            Files.move(unfinished, jars);
        } catch (IOException e) {
            throw new BenchException("cannot keep what Infinispan needs in " + jars + ": " + e, e);
        }
    }

    @Override
    public HostPort resp() {
        return address;
    }
}
