package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;

/** Scripts as clients send them: atomic, over declared keys, hot or cold. */
final class ScriptTest {
    private static final String COMPARE_AND_SET = "if redis.call('hget', KEYS[1], 'vv') == ARGV[1] then "
            + "redis.call('hmset', KEYS[1], 'data', ARGV[2], 'vv', ARGV[3]); "
            + "return 1 else return 0 end";
    private static final int CLIENTS = 8;

    @TempDir
    Path folder;

    private TestNode node;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(folder);
    }

    @AfterEach
    void stop() throws IOException {
        close();
        assertThat(Engine.check(new LocalDisk(folder))).isEmpty();
    }

    private void close() {
        node.close();
        assertThat(node.engine.memory().usedBytes()).as("leaked native memory").isZero();
    }

    private void restart() throws IOException {
        close();
        node = new TestNode(folder);
    }

    private Jedis jedis() {
        return new Jedis("127.0.0.1", node.port());
    }

    private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        try (var pool = Executors.newFixedThreadPool(tasks.size())) {
            var results = new ArrayList<T>();
            for (var future : pool.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        }
    }

    @Test
    void theCompareAndSetScriptTakesOneWriterForEachVersion() throws Exception {
        int versions = 200;
        try (var jedis = jedis()) {
            jedis.hset("user:1001", "vv", "[1,0,0]");
            jedis.hset("user:1001", "data", "none");
        }
        var clients = new ArrayList<Callable<List<Integer>>>();
        for (int c = 0; c < CLIENTS; c++) {
            var name = "client" + c;
            clients.add(() -> {
                var won = new ArrayList<Integer>();
                try (var jedis = jedis()) {
                    for (int version = 0; version < versions; version++) {
                        var result = jedis.eval(
                                COMPARE_AND_SET,
                                List.of("user:1001"),
                                List.of("[1,0," + version + "]", name, "[1,0," + (version + 1) + "]"));
                        if (result.equals(1L)) {
                            won.add(version);
                        }
                        while (jedis.hget("user:1001", "vv").equals("[1,0," + version + "]")) {
                            Thread.onSpinWait();
                        }
                    }
                }
                return won;
            });
        }
        var winners = together(clients);
        var all = winners.stream().flatMap(List::stream).sorted().toList();
        assertThat(all).hasSize(versions).doesNotHaveDuplicates();
        try (var jedis = jedis()) {
            assertThat(jedis.hget("user:1001", "vv")).isEqualTo("[1,0," + versions + "]");
            var last = winners.stream()
                    .filter(won -> won.contains(versions - 1))
                    .findFirst()
                    .orElseThrow();
            assertThat(jedis.hget("user:1001", "data")).isEqualTo("client" + winners.indexOf(last));
            assertThat(jedis.eval(COMPARE_AND_SET, List.of("user:1001"), List.of("[1,0,7]", "late", "[1,0,8]")))
                    .isEqualTo(0L);
            assertThat(jedis.eval(COMPARE_AND_SET, List.of("nobody"), List.of("[1,0,7]", "late", "[1,0,8]")))
                    .isEqualTo(0L);
        }
    }

    @Test
    void scriptsOverKeysOfManyShardsAreSeenWhole() throws Exception {
        var move = "local a = tonumber(redis.call('get', KEYS[1])) local b = tonumber(redis.call('get', KEYS[2]))"
                + " redis.call('set', KEYS[1], a - 1) redis.call('set', KEYS[2], b + 1) return a + b";
        int accounts = 6;
        try (var jedis = jedis()) {
            for (int i = 0; i < accounts; i++) {
                jedis.set("account:" + i, "100");
            }
        }
        var clients = new ArrayList<Callable<Integer>>();
        for (int c = 0; c < CLIENTS; c++) {
            int from = c;
            clients.add(() -> {
                int wrong = 0;
                try (var jedis = jedis()) {
                    for (int i = 0; i < 300; i++) {
                        var one = "account:" + (from + i) % accounts;
                        var other = "account:" + (from + i * 5 + 1 + i % 3) % accounts;
                        if (!one.equals(other)) {
                            jedis.eval(move, List.of(one, other), List.of());
                        }
                        var keys = new String[accounts];
                        for (int k = 0; k < accounts; k++) {
                            keys[k] = "account:" + k;
                        }
                        wrong += jedis.mget(keys).stream()
                                                .mapToInt(Integer::parseInt)
                                                .sum()
                                        == accounts * 100
                                ? 0
                                : 1;
                    }
                }
                return wrong;
            });
        }
        assertThat(together(clients)).containsOnly(0);
    }

    @Test
    void whatAScriptWroteIsThereAfterARestartAndTheScriptIsNot() throws Exception {
        String sha;
        try (var jedis = jedis()) {
            sha = jedis.scriptLoad("redis.call('set', KEYS[1], ARGV[1]) redis.call('hset', KEYS[2], 'f', ARGV[1])");
            jedis.evalsha(sha, List.of("a", "b"), List.of("kept"));
        }
        restart();
        try (var jedis = jedis()) {
            assertThat(jedis.get("a")).isEqualTo("kept");
            assertThat(jedis.hget("b", "f")).isEqualTo("kept");
            assertThat(jedis.scriptExists(sha)).isFalse();
            assertThatThrownBy(() -> jedis.evalsha(sha, List.of("a", "b"), List.of("x")))
                    .isInstanceOf(JedisNoScriptException.class)
                    .hasMessage("NOSCRIPT No matching script. Please use EVAL.");
        }
    }

    @Test
    void keysInSegmentsAreFetched() throws Exception {
        try (var jedis = jedis()) {
            for (int i = 0; i < 300; i++) {
                jedis.set("cold:" + i, Integer.toString(i));
            }
            jedis.hset("coldhash", "vv", "[1,0,3]");
            node.engine.archive(node.engine.keyValue(), 0);
            assertThat(jedis.eval(
                            "return redis.call('get', KEYS[1]) + redis.call('incr', KEYS[2])",
                            List.of("cold:200", "cold:100"),
                            List.of()))
                    .isEqualTo(301L);
            assertThat(jedis.eval(COMPARE_AND_SET, List.of("coldhash"), List.of("[1,0,3]", "new", "[1,0,4]")))
                    .isEqualTo(1L);
            node.engine.archive(node.engine.keyValue(), 0);
            try (var wire = node.connect()) {
                wire.call("MULTI");
                wire.call("EVAL", "return redis.call('get', KEYS[1])", "1", "cold:7");
                wire.call("EVAL", "return redis.call('hget', KEYS[1], 'data')", "1", "coldhash");
                assertThat(wire.call("EXEC")).isEqualTo("*2\r\n$1\r\n7\r\n$3\r\nnew\r\n");
            }
        }
    }

    @Test
    void undeclaredKeysAreRefusedByName() throws IOException {
        try (var wire = node.connect()) {
            wire.call("SET", "other", "x");
            for (var script : List.of(
                    "return redis.call('get', 'other')",
                    "return redis.call('set', 'other', 'y')",
                    "return redis.call('mget', KEYS[1], 'other')",
                    "return redis.call('rename', KEYS[1], 'other')")) {
                assertThat(wire.call("EVAL", script, "1", "mine"))
                        .startsWith(
                                "-ERR Script attempted to access a key it did not declare: key=other; name it in KEYS");
                assertThat(wire.call("EVAL", script, "0")).startsWith("-ERR ");
            }
            wire.call("MULTI");
            wire.call("SET", "other", "z");
            wire.call("EVAL", "return redis.call('get', 'other')", "1", "mine");
            assertThat(wire.call("EXEC")).contains("did not declare: key=other");
            assertThat(wire.call("EVAL", "return redis.call('get', 'a\\r\\nb')", "0"))
                    .contains("key=a??b");
            assertThat(wire.call("EVAL", "return redis.call('lpush', KEYS[1], 'x')", "1", "mine"))
                    .startsWith("-ERR LPUSH needs lists, which do not exist here");
            assertThat(wire.call("EVAL", "return redis.call('keys', '*')", "0"))
                    .startsWith("-ERR This Redis command is not allowed from script");
            assertThat(wire.call("GET", "other")).isEqualTo("$1\r\nz\r\n");
        }
    }

    @Test
    void aScriptInATransactionIsOneOfItsCommands() throws IOException {
        try (var wire = node.connect();
                var other = node.connect()) {
            wire.call("WATCH", "n");
            wire.call("MULTI");
            wire.call("SET", "n", "1");
            assertThat(wire.call("EVAL", "return redis.call('incr', KEYS[1])", "1", "n"))
                    .isEqualTo("+QUEUED\r\n");
            wire.call("EVAL", "redis.call('incr', KEYS[1]) error('stop')", "1", "n");
            wire.call("DBSIZE");
            wire.call("EVAL", "return redis.call('incr', KEYS[1])", "1", "n");
            wire.call("GET", "n");
            var replies = wire.ask("EXEC").parts().stream().map(Wire.Reply::raw).toList();
            assertThat(replies).element(1).isEqualTo(":2\r\n");
            assertThat(replies).element(2).asString().startsWith("-ERR user_script:1: stop");
            assertThat(replies.subList(3, 6)).containsExactly(":1\r\n", ":4\r\n", "$1\r\n4\r\n");
            wire.call("WATCH", "n");
            wire.call("MULTI");
            wire.call("SET", "n", "1");
            other.call("EVAL", "return redis.call('incr', KEYS[1])", "1", "n");
            assertThat(wire.call("EXEC")).isEqualTo("*-1\r\n");
        }
    }

    @Test
    void versionsWorkInScripts() throws IOException {
        try (var wire = node.connect()) {
            assertThat(wire.call("EVAL", "return redis.call('setifmatch', KEYS[1], 'v', '')[1]", "1", "versioned"))
                    .startsWith("$");
            assertThat(wire.call(
                            "EVAL",
                            "local t = redis.call('getwithetag', KEYS[1])"
                                    + " return redis.call('setifmatch', KEYS[1], 'w', t[1])[2] == false",
                            "1",
                            "versioned"))
                    .isEqualTo(":1\r\n");
            assertThat(wire.call("GET", "versioned")).isEqualTo("$1\r\nw\r\n");
        }
    }

    @Test
    void commandsOfScriptsDescribeThemselves() throws IOException {
        try (var wire = node.connect()) {
            assertThat(wire.call("COMMAND", "INFO", "eval")).contains("+noscript", "+movablekeys", "@scripting");
            assertThat(wire.call("COMMAND", "DOCS", "evalsha")).contains("summary", "scripting");
            assertThat(wire.call("COMMAND", "GETKEYS", "EVAL", "x", "2", "a", "b", "c"))
                    .isEqualTo("*2\r\n$1\r\na\r\n$1\r\nb\r\n");
        }
    }

    @Test
    void pipelinedScriptsKeepTheirOrder() throws IOException {
        try (var wire = node.connect()) {
            var all = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                all.append(new String(
                        Wire.encode(List.of("EVAL", "return redis.call('incr', KEYS[1])", "1", "n")),
                        java.nio.charset.StandardCharsets.ISO_8859_1));
                all.append("*2\r\n$3\r\nGET\r\n$1\r\nn\r\n");
            }
            wire.send(all.toString());
            for (int i = 1; i <= 500; i++) {
                assertThat(wire.read().number()).isEqualTo(i);
                assertThat(wire.read().text()).isEqualTo(Integer.toString(i));
            }
        }
    }
}
