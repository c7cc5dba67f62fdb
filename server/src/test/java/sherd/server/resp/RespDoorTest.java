package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.engine.time.SystemClock;
import sherd.server.config.HostPort;
import sherd.server.config.Transport;
import sherd.server.net.EventLoops;
import sherd.server.net.Transports;

/** What is ours alone, over a real socket. */
final class RespDoorTest {
    @TempDir
    Path folder;

    private TestNode node;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(folder);
        wire = node.connect();
    }

    @AfterEach
    void stop() throws IOException {
        wire.close();
        node.close();
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private String etagOf(String key) throws IOException {
        return wire.ask("GETWITHETAG", key).parts().getFirst().text();
    }

    @Test
    void anEtagGuardsSetting() throws IOException {
        assertThat(wire.call("GETWITHETAG", "k")).isEqualTo("*2\r\n$0\r\n\r\n$-1\r\n");
        var created = wire.ask("SETIFMATCH", "k", "v1", "");
        var first = created.parts().getFirst().text();
        assertThat(first).matches("\\d+:\\d+");
        assertThat(created.raw()).isEqualTo("*2\r\n" + bulk(first) + "$-1\r\n");
        assertThat(wire.call("GETWITHETAG", "k")).isEqualTo("*2\r\n" + bulk(first) + bulk("v1"));

        var second = wire.ask("SETIFMATCH", "k", "v2", first, "EX", "100")
                .parts()
                .getFirst()
                .text();
        assertThat(second).isNotEqualTo(first);
        assertThat(wire.ask("TTL", "k").number()).isBetween(90L, 100L);
        assertThat(wire.call("SETIFMATCH", "k", "v3", first)).isEqualTo("*2\r\n" + bulk(second) + bulk("v2"));
        assertThat(wire.call("SETIFMATCH", "k", "v3", "")).isEqualTo("*2\r\n" + bulk(second) + bulk("v2"));
        assertThat(wire.call("GET", "k")).isEqualTo(bulk("v2"));
    }

    @Test
    void aSaveIsACheckpointTakenInTheBackground() throws Exception {
        wire.call("SET", "k", "v");
        assertThat(node.engine.status().checkpointLsn()).isZero();
        long started = wire.ask("LASTSAVE").number();
        assertThat(wire.call("BGSAVE", "NOW")).isEqualTo("-ERR syntax error\r\n");
        assertThat(wire.call("BGSAVE")).isEqualTo("+Background saving started\r\n");
        while (wire.ask("INFO", "persistence").text().contains("rdb_bgsave_in_progress:1")) {
            Thread.sleep(1);
        }
        assertThat(node.engine.status().checkpointLsn()).isPositive();
        assertThat(wire.ask("LASTSAVE").number()).isBetween(started, started + 60);
        assertThat(wire.ask("INFO", "persistence").text()).contains("rdb_last_bgsave_status:ok");
        assertThat(wire.call("BGSAVE", "schedule")).isEqualTo("+Background saving started\r\n");
    }

    @Test
    void anEtagGuardsDeleting() throws IOException {
        wire.call("SET", "k", "v");
        var etag = etagOf("k");
        wire.call("APPEND", "k", "w");
        var now = etagOf("k");
        assertThat(wire.call("DELIFMATCH", "k", etag)).isEqualTo("*2\r\n" + bulk(now) + bulk("vw"));
        var deleted = wire.ask("DELIFMATCH", "k", now);
        assertThat(deleted.parts().getFirst().text()).matches("\\d+:\\d+");
        assertThat(deleted.parts().getLast().raw()).isEqualTo("$-1\r\n");
        assertThat(wire.call("EXISTS", "k")).isEqualTo(":0\r\n");
        assertThat(wire.call("DELIFMATCH", "k", now)).isEqualTo("*2\r\n$0\r\n\r\n$-1\r\n");
        assertThat(wire.call("SETIFMATCH", "k", "v", now)).isEqualTo("*2\r\n$0\r\n\r\n$-1\r\n");
    }

    @Test
    void theEtagOfADeletionIsNotGivenToTheNextRow() throws IOException {
        wire.call("SET", "k", "v");
        var deleted =
                wire.ask("DELIFMATCH", "k", etagOf("k")).parts().getFirst().text();
        var created =
                wire.ask("SETIFMATCH", "k", "another's", "").parts().getFirst().text();
        assertThat(created).isNotEqualTo(deleted);
        assertThat(wire.ask("SETIFMATCH", "k", "mine", deleted)
                        .parts()
                        .getLast()
                        .text())
                .isEqualTo("another's");
    }

    @Test
    void aMalformedEtagIsNamed() throws IOException {
        assertThat(wire.call("SETIFMATCH", "k", "v", "1-2"))
                .startsWith("-ERR not an etag: '1-2'; use what GETWITHETAG");
        assertThat(wire.call("DELIFMATCH", "k", "x")).startsWith("-ERR not an etag: 'x'");
        wire.call("HSET", "h", "f", "v");
        assertThat(wire.call("GETWITHETAG", "h")).startsWith("-WRONGTYPE");
        assertThat(wire.call("SETIFMATCH", "k", "v", "", "NX")).isEqualTo("-ERR syntax error\r\n");
    }

    @Test
    void setMayCompareTheValue() throws IOException {
        assertThat(wire.call("SET", "k", "b", "IFEQ", "a")).isEqualTo("$-1\r\n");
        wire.call("SET", "k", "a");
        assertThat(wire.call("SET", "k", "b", "IFEQ", "x")).isEqualTo("$-1\r\n");
        assertThat(wire.call("SET", "k", "b", "IFEQ", "a")).isEqualTo("+OK\r\n");
        assertThat(wire.call("SET", "k", "c", "IFEQ", "b", "GET")).isEqualTo(bulk("b"));
        assertThat(wire.call("SET", "k", "c", "IFEQ", "b", "NX")).isEqualTo("-ERR syntax error\r\n");
        assertThat(wire.call("GET", "k")).isEqualTo(bulk("c"));
    }

    @Test
    void rowsOfTablesAreHashes() throws IOException {
        node.engine.createTable(new TableDefinition(
                new TableName("default", "users"),
                TableKind.RECORD,
                List.of(
                        new Column("id", ColumnType.INT64),
                        new Column("name", ColumnType.STRING),
                        new Column("age", ColumnType.INT32)),
                List.of("id"),
                List.of("id"),
                Optional.empty(),
                4,
                ArchiveSettings.DEFAULT));
        assertThat(wire.call("HSET", "users:7", "name", "Ada", "age", "36")).startsWith(":");
        assertThat(wire.call("HMGET", "users:7", "id", "name", "age"))
                .isEqualTo("*3\r\n" + bulk("7") + bulk("Ada") + bulk("36"));
        assertThat(wire.call("HINCRBY", "users:7", "age", "1")).isEqualTo(":37\r\n");
        assertThat(wire.call("TYPE", "users:7")).isEqualTo("+hash\r\n");
        assertThat(wire.call("GET", "users:7")).startsWith("-WRONGTYPE");
        assertThat(wire.call("HSET", "users:7", "age", "old")).startsWith("-ERR ");
        assertThat(wire.call("HSET", "users:7", "shoe", "44"))
                .startsWith("-ERR ")
                .contains("shoe");
        assertThat(wire.call("SET", "users:8", "x")).startsWith("-");
        assertThat(wire.call("HSET", "users:x", "name", "Bob")).startsWith("-ERR ");
        assertThat(wire.call("DEL", "users:7")).isEqualTo(":1\r\n");
        assertThat(wire.call("PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void columnsTakeValuesOfTheirTypeOnly() throws IOException {
        node.engine.createTable(new TableDefinition(
                new TableName("default", "docs"),
                TableKind.RECORD,
                List.of(
                        new Column("id", ColumnType.STRING),
                        new Column("text", ColumnType.STRING),
                        new Column("doc", ColumnType.JSON),
                        new Column("ok", ColumnType.BOOL),
                        new Column("raw", ColumnType.BYTES)),
                List.of("id"),
                List.of("id"),
                Optional.empty(),
                4,
                ArchiveSettings.DEFAULT));
        assertThat(wire.call("HSET", "docs:1", "text", "\u00c3\u00a9", "doc", " [1, {}]", "raw", "\u00ff\u0000"))
                .isEqualTo(":3\r\n");
        for (var bad : List.of("\u00ff", "\u00c0\u0080", "\u00ed\u00a0\u0080", "cut \u00c3")) {
            assertThat(wire.call("HSET", "docs:1", "text", bad)).startsWith("-ERR not UTF-8: column='text'");
            assertThat(wire.call("HSET", "docs:" + bad, "text", "x")).startsWith("-ERR not UTF-8: column='id'");
        }
        for (var bad : List.of("", "{", "{} {}", "nul", "[1,]", "{\"a\":1,\"a\":2}", "\u00ff")) {
            assertThat(wire.call("HSET", "docs:1", "raw", "lost", "doc", bad))
                    .startsWith("-ERR not ")
                    .contains("column='doc'");
        }
        assertThat(wire.call("HSET", "docs:1", "raw", "lost", "id", "2")).startsWith("-ERR a key column cannot change");
        assertThat(wire.call("HSET", "docs:2", "raw", "lost", "none", "2")).startsWith("-ERR no such column");
        assertThat(wire.call("EXISTS", "docs:2")).isEqualTo(":0\r\n");
        assertThat(wire.call("HDEL", "docs:1", "raw", "id")).startsWith("-ERR a key column cannot be removed");
        assertThat(wire.call("HSET", "docs:1", "ok", "yes"))
                .startsWith("-ERR not a value")
                .contains("'yes'");
        assertThat(wire.call("HMGET", "docs:1", "text", "doc", "raw"))
                .isEqualTo("*3\r\n" + bulk("\u00c3\u00a9") + bulk(" [1, {}]") + bulk("\u00ff\u0000"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LPUSH l 1 | -ERR LPUSH needs lists, which do not exist here; strings and hashes do",
                "sadd s 1 | -ERR SADD needs sets, which do not exist here; strings and hashes do",
                "ZADD z 1 a | -ERR ZADD needs sorted sets, which do not exist here; strings and hashes do",
                "XADD s * a b | -ERR XADD needs streams, which do not exist here; strings and hashes do",
                "PUBLISH c m | -ERR PUBLISH needs channels, which do not exist here; strings and hashes do",
                "CONFIG SET maxmemory 1 | -ERR CONFIG SET failed (possibly related to argument 'maxmemory')",
                "CONFIG SET nonsense 1 | -ERR Unknown option or number of arguments for CONFIG SET - 'nonsense'",
                "CONFIG GET save | *2",
                "CLIENT SETINFO LIB-NAME x | +OK",
                "CLIENT FOO | -ERR unknown subcommand 'FOO'. Try CLIENT HELP.",
                "HELLO 4 | -NOPROTO unsupported protocol version",
                "COMMAND COUNT | :",
                "SELECT 1 | -ERR DB index is out of range",
                "FCALL x 0 | -ERR FCALL needs functions",
            })
    void whatIsNotHereSaysSo(String command, String reply) throws IOException {
        assertThat(wire.call(command.split(" "))).startsWith(reply);
    }

    @Test
    void helloSpeaksOfTheServer() throws IOException {
        var hello = wire.ask("HELLO", "3", "SETNAME", "me");
        assertThat(hello.raw()).startsWith("%7\r\n").contains("server", "redis", "proto\r\n:3\r\n", "mode", "role");
        assertThat(wire.call("GET", "none")).isEqualTo("_\r\n");
        assertThat(wire.call("CLIENT", "GETNAME")).isEqualTo(bulk("me"));
        assertThat(wire.ask("INFO", "memory").raw()).startsWith("=").contains("txt:# Memory", "used_memory_network:");
        assertThat(wire.call("RESET")).isEqualTo("+RESET\r\n");
        assertThat(wire.call("GET", "none")).isEqualTo("$-1\r\n");
    }

    @Test
    void keysAreBounded() throws IOException {
        var longest = "k".repeat(RespLoop.MAX_KEY);
        wire.send(Wire.encode(List.of("SET", "a", "1")));
        wire.send(Wire.encode(List.of("SET", longest + "k", "2")));
        wire.send(Wire.encode(List.of("GET", "a")));
        assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
        assertThat(wire.read().raw()).startsWith("-ERR key is too long: bytes=65537 limit=65536");
        assertThat(wire.read().raw()).isEqualTo(bulk("1"));
        assertThat(wire.call("SET", longest, "3")).isEqualTo("+OK\r\n");
        assertThat(wire.call("GET", longest)).isEqualTo(bulk("3"));
    }

    @Test
    void largeValuesComeBackWhole() throws IOException {
        var text = new StringBuilder();
        var random = new SplittableRandom(7);
        while (text.length() < 5_000_000) {
            text.append((char) random.nextInt(256));
        }
        var value = text.toString();
        assertThat(wire.call("SET", "big", value)).isEqualTo("+OK\r\n");
        assertThat(wire.call("GET", "big")).isEqualTo(bulk(value));
        assertThat(wire.call("MGET", "big", "big")).isEqualTo("*2\r\n" + bulk(value) + bulk(value));
        assertThat(wire.call("STRLEN", "big")).isEqualTo(":5000000\r\n");
        assertThat(wire.call("DEL", "big")).isEqualTo(":1\r\n");
    }

    @Test
    void archivedKeysAreFetchedInOrder() throws IOException {
        for (int i = 0; i < 500; i++) {
            wire.call("SET", "k" + i, "v" + i);
        }
        node.engine.archive(node.engine.keyValue(), 0);
        for (int i = 0; i < 500; i += 5) {
            wire.send(Wire.encode(List.of("GET", "k" + i)));
            wire.send(Wire.encode(List.of("PING")));
            wire.send(Wire.encode(List.of("MULTI")));
            wire.send(Wire.encode(List.of("APPEND", "k" + (i + 1), "+")));
            wire.send(Wire.encode(List.of("EXEC")));
        }
        for (int i = 0; i < 500; i += 5) {
            assertThat(wire.read().raw()).isEqualTo(bulk("v" + i));
            assertThat(wire.read().raw()).isEqualTo("+PONG\r\n");
            assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
            assertThat(wire.read().raw()).isEqualTo("+QUEUED\r\n");
            assertThat(wire.read().raw()).isEqualTo("*1\r\n:" + (("v" + (i + 1)).length() + 1) + "\r\n");
        }
        assertThat(wire.call("FLUSHALL")).isEqualTo("+OK\r\n");
        assertThat(wire.call("GET", "k3")).isEqualTo("$-1\r\n");
    }

    @Test
    void quitAnswersThenEnds() throws IOException {
        wire.send("PING\r\nQUIT\r\nPING\r\n");
        assertThat(wire.readToEnd()).isEqualTo("+PONG\r\n+OK\r\n");
    }

    @Test
    void aTakenPortIsNamed() {
        var taken = node.door.address();
        assertThatThrownBy(() -> RespDoor.open(
                        node.loops, taken, node.engine, new SystemClock(), new SplittableRandom(1), "test"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE))
                .hasMessageContaining("address=" + taken);
    }

    private RespDoor anotherDoor(EventLoops loops) {
        var free = new HostPort("127.0.0.1", 0);
        return RespDoor.open(loops, free, node.engine, new SystemClock(), new SplittableRandom(1), "test");
    }

    @Test
    void nioServesTooWhereEpollIsMissing() throws IOException {
        try (var loops = EventLoops.start(Transport.NIO, 1);
                var door = anotherDoor(loops);
                var other = new Wire(door.address().port())) {
            assertThat(other.call("SET", "k", "v")).isEqualTo("+OK\r\n");
            assertThat(other.call("GET", "k")).isEqualTo(bulk("v"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
    void whoSaysThatItSendsNoMoreGetsItsReplies(Transport transport) throws IOException {
        Transports.assumeAvailable(transport);
        try (var loops = EventLoops.start(transport, 1);
                var door = anotherDoor(loops)) {
            for (int i = 0; i < 200; i++) {
                try (var other = new Wire(door.address().port())) {
                    other.send("PING\r\nSET k v\r\nGET k\r\n");
                    other.finishSending();
                    assertThat(other.readToEnd()).isEqualTo("+PONG\r\n+OK\r\n" + bulk("v"));
                }
            }
        }
    }
}
