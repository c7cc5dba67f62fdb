package sherd.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.server.config.LogConfig.Sync;

/** Everything a node is told. Each component is a section of the file, each component of a section one of its keys. */
public record NodeConfig(
        ListenConfig listen,
        StorageConfig storage,
        LogConfig log,
        ArchiveConfig archive,
        TableConfig table,
        LokiConfig loki,
        ObjectsConfig objects) {

    public static final NodeConfig DEFAULTS = new NodeConfig(
            new ListenConfig(
                    new HostPort("127.0.0.1", 7379),
                    new HostPort("127.0.0.1", 8080),
                    new HostPort("127.0.0.1", 9090),
                    0,
                    Transport.AUTO),
            new StorageConfig(Path.of("data"), ByteSize.ofGiB(1)),
            new LogConfig(Sync.INTERVAL, Duration.ofMillis(100), ByteSize.ofMiB(1536)),
            new ArchiveConfig(Duration.ofDays(7), 0.85, 3, Duration.ofHours(24), Duration.ZERO, 8),
            new TableConfig(64),
            new LokiConfig("local", LokiPeers.NONE, Duration.ofSeconds(10)),
            new ObjectsConfig(
                    "",
                    "",
                    "sherd",
                    "us-east-1",
                    Secret.NONE,
                    Secret.NONE,
                    Duration.ofHours(1),
                    Duration.ofDays(7),
                    new ByteSize(0),
                    Duration.ofSeconds(10)));

    /**
     * Reads the file, if there is one, then the settings, each {@code key=value}; the last to name a key wins.
     *
     * @throws ConfigException listing everything that is wrong
     */
    public static NodeConfig read(@Nullable Path file, List<String> settings) {
        var problems = new Problems();
        var given = new Given(problems);
        if (file != null) {
            given.addFile(file);
        }
        settings.forEach(given::addSetting);
        var config = new Binder(given, problems).bind(DEFAULTS);
        problems.throwIfAny();
        return config;
    }

    /** This configuration in full, as a file that reads back to it. */
    public String toToml() {
        return TomlText.of(this);
    }
}
