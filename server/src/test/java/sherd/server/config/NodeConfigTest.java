package sherd.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sherd.server.config.LogConfig.Sync;

final class NodeConfigTest {
    @TempDir
    private Path folder;

    @Test
    void theDefaultsAreThePromisedOnes() {
        assertThat(NodeConfig.read(null, List.of()).toToml()).isEqualTo("""
                [listen]
                resp = "127.0.0.1:7379"
                http = "127.0.0.1:8080"
                grpc = "127.0.0.1:9090"
                threads = 0
                transport = "auto"

                [storage]
                data = "data"
                memory-limit = "1GiB"

                [log]
                sync = "interval"
                sync-interval = "100ms"
                checkpoint = "1536MiB"

                [archive]
                min-age = "7d"
                watermark = 0.85
                max-reads = 3
                reads-window = "1d"
                retention = "0"
                merge-width = 8

                [table]
                shards = 64

                [loki]
                cluster = "local"
                peers = ""
                peer-timeout = "10s"

                [objects]
                endpoint = ""
                bucket = ""
                prefix = "sherd"
                region = "us-east-1"
                access-key = ""
                secret-key = ""
                upload-after = "1h"
                keep-local = "7d"
                local-limit = "0B"
                timeout = "10s"
                """);
    }

    @Test
    void everyKeyOfAFileReachesItsComponent() throws IOException {
        var config = NodeConfig.read(file("""
                [listen]
                resp = "0.0.0.0:1"
                http = "[::1]:2"
                grpc = "example.org:3"
                threads = 4
                transport = "io_uring"

                [storage]
                data = "/var/lib/sherd"
                memory-limit = "64MiB"

                [log]
                sync = "os"
                sync-interval = "2s"
                checkpoint = 1048576

                [archive]
                min-age = 0
                watermark = 1
                max-reads = 5
                reads-window = "30m"
                retention = "90d"
                merge-width = 4

                [table]
                shards = 8

                [loki]
                cluster = "here"
                peers = "east=http://10.0.0.5:8080, west=https://loki.example.org/base"
                peer-timeout = "3s"

                [objects]
                endpoint = "https://s3.example.org"
                bucket = "b"
                prefix = "a/b"
                region = "eu-central-1"
                access-key = "me"
                secret-key = "hush"
                upload-after = "1m"
                keep-local = "2d"
                local-limit = "10GiB"
                timeout = "3s"
                """), List.of());
        assertThat(config)
                .isEqualTo(new NodeConfig(
                        new ListenConfig(
                                new HostPort("0.0.0.0", 1),
                                new HostPort("::1", 2),
                                new HostPort("example.org", 3),
                                4,
                                Transport.IO_URING),
                        new StorageConfig(Path.of("/var/lib/sherd"), ByteSize.ofMiB(64)),
                        new LogConfig(Sync.OS, Duration.ofSeconds(2), ByteSize.ofMiB(1)),
                        new ArchiveConfig(Duration.ZERO, 1.0, 5, Duration.ofMinutes(30), Duration.ofDays(90), 4),
                        new TableConfig(8),
                        lokiHere(),
                        objectsThere()));
    }

    private static ObjectsConfig objectsThere() {
        return new ObjectsConfig(
                "https://s3.example.org",
                "b",
                "a/b",
                "eu-central-1",
                new Secret("me"),
                new Secret("hush"),
                Duration.ofMinutes(1),
                Duration.ofDays(2),
                ByteSize.ofGiB(10),
                Duration.ofSeconds(3));
    }

    private static LokiConfig lokiHere() {
        return new LokiConfig(
                "here",
                new LokiPeers(Map.of(
                        "east",
                        URI.create("http://10.0.0.5:8080"),
                        "west",
                        URI.create("https://loki.example.org/base"))),
                Duration.ofSeconds(3));
    }

    @Test
    void everyKeyCanBeSetOnTheCommandLine() {
        var settings = List.of(
                "listen.resp=0.0.0.0:1",
                "listen.http=[::1]:2",
                "listen.grpc=example.org:3",
                "listen.threads=4",
                "listen.transport=io_uring",
                "storage.data=/var/lib/sherd",
                "storage.memory-limit=64MiB",
                "log.sync=always",
                "log.sync-interval=2s",
                "log.checkpoint=1048576",
                "archive.min-age=0",
                "archive.watermark=0.5",
                "archive.max-reads=5",
                "archive.reads-window=30m",
                "archive.retention=90d",
                "archive.merge-width=4",
                "table.shards=8",
                "loki.cluster=here",
                "loki.peers=west=https://loki.example.org/base,east=http://10.0.0.5:8080",
                "loki.peer-timeout=3s",
                "objects.endpoint=https://s3.example.org",
                "objects.bucket=b",
                "objects.prefix=a/b",
                "objects.region=eu-central-1",
                "objects.access-key=me",
                "objects.secret-key=hush",
                "objects.upload-after=1m",
                "objects.keep-local=2d",
                "objects.local-limit=10GiB",
                "objects.timeout=3s");
        assertThat(NodeConfig.read(null, settings))
                .isEqualTo(new NodeConfig(
                        new ListenConfig(
                                new HostPort("0.0.0.0", 1),
                                new HostPort("::1", 2),
                                new HostPort("example.org", 3),
                                4,
                                Transport.IO_URING),
                        new StorageConfig(Path.of("/var/lib/sherd"), ByteSize.ofMiB(64)),
                        new LogConfig(Sync.ALWAYS, Duration.ofSeconds(2), ByteSize.ofMiB(1)),
                        new ArchiveConfig(Duration.ZERO, 0.5, 5, Duration.ofMinutes(30), Duration.ofDays(90), 4),
                        new TableConfig(8),
                        lokiHere(),
                        objectsThere()));
        assertThat(settings).as("a setting for each key").hasSize(keys(NodeConfig.DEFAULTS.toToml()));
    }

    private static int keys(String toml) {
        return Math.toIntExact(toml.lines().filter(line -> line.contains("=")).count());
    }

    @Test
    void settingsWinOverTheFileAndLaterOnesOverEarlierOnes() throws IOException {
        var config = NodeConfig.read(
                file("[table]\nshards = 8\n[log]\nsync = \"os\"\n"),
                List.of("log.sync=interval", "log.sync = \"always\""));
        assertThat(config.table().shards()).isEqualTo(8);
        assertThat(config.log().sync()).isEqualTo(Sync.ALWAYS);
    }

    @Test
    void whatIsPrintedReadsBackToTheSame() throws IOException {
        var config = NodeConfig.read(
                null, List.of("storage.data=a \"b\" \\c", "storage.memory-limit=33554433", "archive.min-age=1500ms"));
        assertThat(config.toToml()).contains("memory-limit = \"33554433B\"", "min-age = \"1500ms\"");
        assertThat(NodeConfig.read(file(config.toToml()), List.of())).isEqualTo(config);
    }

    @Test
    void secretsAreNeverShown() {
        var settings = List.of(
                "objects.endpoint=ftp://there",
                "objects.access-key=me",
                "objects.secret-key=hush",
                "objects.secret-kye=hush",
                "objects.bucket=b");
        assertThatThrownBy(() -> NodeConfig.read(null, settings))
                .hasMessageContaining("objects.endpoint (--set) must be http://HOST:PORT")
                .hasMessageContaining("objects.secret-kye (--set) is no key, its value is hidden")
                .hasMessageNotContaining("hush");
        var config = NodeConfig.read(null, List.of("objects.access-key=me", "objects.secret-key=hush"));
        assertThat(config.toString()).doesNotContain("hush");
        assertThat(config.toToml()).contains("secret-key = \"(hidden)\"").doesNotContain("hush");
        assertThatThrownBy(() -> NodeConfig.read(null, List.of("objects.access-key=me", "objects.secret-key=(hidden)")))
                .hasMessageContaining("must be the secret itself");
    }

    @Test
    void objectStorageIsAFolderAnAddressOrOff() {
        for (var endpoint : List.of("", "file:///mnt/objects", "http://127.0.0.1:9000", "https://s3.example.org")) {
            NodeConfig.read(null, List.of("objects.endpoint=" + endpoint, "objects.bucket=b"));
        }
        for (var endpoint :
                List.of("file://mnt/objects", "file:/", "s3.example.org", "http://a:b@c", "http:///x", "http://a?b")) {
            assertThatThrownBy(() -> NodeConfig.read(null, List.of("objects.endpoint=" + endpoint, "objects.bucket=b")))
                    .as(endpoint)
                    .hasMessageContaining("objects.endpoint");
        }
        assertThatThrownBy(() -> NodeConfig.read(null, List.of("objects.endpoint=http://127.0.0.1:9000")))
                .hasMessageContaining("objects.bucket");
        assertThatThrownBy(() -> NodeConfig.read(null, List.of("objects.prefix=../x")))
                .hasMessageContaining("objects.prefix");
        assertThatThrownBy(() -> NodeConfig.read(null, List.of("objects.access-key=a")))
                .hasMessageContaining("objects.secret-key");
    }

    @Test
    void anEmptySectionIsFine() throws IOException {
        assertThat(NodeConfig.read(file("[log]\n"), List.of())).isEqualTo(NodeConfig.DEFAULTS);
    }

    @Test
    void allProblemsAreReportedTogether() throws IOException {
        var file = file("""
                [listen]
                resp = 7379
                threads = 1.5
                [log]
                snyc = "always"
                sync-interval = 100
                [archive]
                watermark = 85
                [tables]
                [storage]
                memory-limit = "1GB"
                """);
        assertThat(problems(file, "log.sync=allways", "shards=8", "log=os", "table.shards=0", "quiet", "archive.x=1"))
                .containsExactlyInAnyOrder(
                        "listen.resp (node.toml line 2) must be a string in quotes, not 7379;"
                                + " the default is \"127.0.0.1:7379\"",
                        "listen.threads (node.toml line 3) must be a whole number, not 1.5; the default is 0",
                        "log.snyc (node.toml line 5) is no key, its value is \"always\"; did you mean log.sync?",
                        "log.sync-interval (node.toml line 6) must be a duration such as \"100ms\", \"5s\", \"24h\" or"
                                + " \"7d\", or \"0\", not 100; the default is \"100ms\"",
                        "archive.watermark (node.toml line 8) must be above 0 and at most 1, not 85.0;"
                                + " it is a share of storage.memory-limit, for example 0.85",
                        "tables (node.toml line 9) is no section; there are listen, storage, log, archive, table,"
                                + " loki, objects",
                        "storage.memory-limit (node.toml line 11) must be a size such as \"64KiB\", \"256MiB\" or"
                                + " \"1GiB\", not \"1GB\"; the default is \"1GiB\"",
                        "log.sync (--set) must be one of \"always\", \"interval\", \"os\", not \"allways\";"
                                + " the default is \"interval\"",
                        "shards (--set) is no key, its value is \"8\"; did you mean table.shards?",
                        "log (--set) is a section, not a key; give log.KEY instead",
                        "table.shards (--set) must be from 1 to 4096, not 0; for example 64",
                        "a setting must be key=value, not \"quiet\"; for example log.sync=always",
                        "archive.x (--set) is no key, its value is \"1\"; there are archive.min-age,"
                                + " archive.watermark, archive.max-reads, archive.reads-window, archive.retention,"
                                + " archive.merge-width");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            listen.threads=-1          | listen.threads (--set) must be from 0 to 1024, not -1
            listen.http=127.0.0.1:7379 | listen.http (--set) must be another port than listen.resp
            listen.grpc=127.0.0.1:8080 | listen.grpc (--set) must be another port than listen.resp and listen.http
            listen.resp=7379           | listen.resp (--set) must be HOST:PORT with a port from 0 to 65535, not "7379"
            listen.resp=h:65536        | listen.resp (--set) must be HOST:PORT with a port from 0 to 65535
            listen.resp=::1:80         | listen.resp (--set) must be HOST:PORT with an IPv6 host in brackets
            storage.data=              | storage.data (--set) must be the name of a folder, not ""
            storage.memory-limit=1MiB  | storage.memory-limit (--set) must be at least 16MiB, not "1MiB"
            storage.memory-limit=9999999TiB | storage.memory-limit (--set) must be below 8388608TiB
            storage.memory-limit=-1    | storage.memory-limit (--set) must be a size
            log.sync-interval=0        | log.sync-interval (--set) must be above 0 and at most 1h, not "0"
            log.checkpoint=1KiB        | log.checkpoint (--set) must be at least 1MiB, not "1KiB"
            archive.min-age=-1d        | archive.min-age (--set) must be a duration
            archive.min-age=999999999999d | archive.min-age (--set) must be below
            archive.watermark=0        | archive.watermark (--set) must be above 0 and at most 1, not 0.0
            archive.watermark=NaN      | archive.watermark (--set) must be above 0 and at most 1, not NaN
            archive.max-reads=-1       | archive.max-reads (--set) must be 0 or more, not -1
            archive.merge-width=1      | archive.merge-width (--set) must be 0, or 2 or more, not 1
            archive.reads-window=0     | archive.reads-window (--set) must be above 0, not "0"
            table.shards=4097          | table.shards (--set) must be from 1 to 4096, not 4097
            table.shards=many          | table.shards (--set) must be a whole number, not "many"
            loki.cluster=a b           | loki.cluster (--set) must be 1 to 64 letters, digits, '_' and '-', not "a b"
            loki.peers=east            | loki.peers (--set) must be NAME=http://HOST:PORT, separated by commas, not "east"
            loki.peers=a=ftp://h       | loki.peers (--set) must be NAME=http://HOST:PORT
            loki.peers=a=http://h?x=1  | loki.peers (--set) must be NAME=http://HOST:PORT
            loki.peers=a=http://h,a=http://i | loki.peers (--set) must be NAME=http://HOST:PORT
            loki.peers=local=http://h  | loki.peers (--set) must be other names than loki.cluster
            loki.peer-timeout=0        | loki.peer-timeout (--set) must be above 0 and at most 5m, not "0"
            """)
    void aValueThatMakesNoSenseIsRefused(String setting, String problem) {
        assertThat(problems(null, setting)).singleElement().asString().startsWith(problem);
    }

    @Test
    void portZeroMayBeGivenToAllDoors() {
        var settings = List.of("listen.resp=h:0", "listen.http=h:0", "listen.grpc=h:0");
        assertThat(NodeConfig.read(null, settings).listen().grpc().port()).isZero();
    }

    @Test
    void aFileThatIsNoTomlIsReportedByLineBesideTheRest() throws IOException {
        var file = file("[log]\nsync = always\n");
        assertThat(problems(file, "table.shards=0"))
                .hasSize(2)
                .anySatisfy(
                        problem -> assertThat(problem).startsWith("not TOML: ").contains("(node.toml line 2)"));
    }

    @Test
    void aFileThatCannotBeReadIsAProblemToo() throws IOException {
        assertThat(problems(folder.resolve("missing.toml")))
                .singleElement()
                .asString()
                .startsWith("the configuration file cannot be read: file=" + folder.resolve("missing.toml"));
        var latin = Files.write(folder.resolve("latin.toml"), "# é".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(latin)).singleElement().asString().startsWith("the configuration file is not UTF-8 text");
    }

    @Test
    void theMessageListsTheProblems() {
        assertThatThrownBy(() -> NodeConfig.read(null, List.of("a=1", "table.shards=0")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("the configuration has 2 problems:\n  table.shards (--set) must be");
    }

    private static List<String> problems(@Nullable Path file, String... settings) {
        var thrown = catchThrowableOfType(ConfigException.class, () -> NodeConfig.read(file, List.of(settings)));
        return thrown.problems();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("node.toml"), text);
    }
}
