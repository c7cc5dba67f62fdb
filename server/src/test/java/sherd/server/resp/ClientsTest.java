package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.SetParams;

/** Clients and tools that others wrote, unmodified. */
final class ClientsTest {
    @TempDir
    Path folder;

    private TestNode node;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @ParameterizedTest
    @EnumSource(RedisProtocol.class)
    void jedisWorks(RedisProtocol protocol) {
        var config = DefaultJedisClientConfig.builder()
                .protocol(protocol)
                .clientName("jedis")
                .build();
        try (var jedis = new Jedis(new HostAndPort("127.0.0.1", node.port()), config)) {
            assertThat(jedis.ping()).isEqualTo("PONG");
            assertThat(jedis.set("k", "v", SetParams.setParams().ex(100).nx())).isEqualTo("OK");
            assertThat(jedis.get("k")).isEqualTo("v");
            assertThat(jedis.ttl("k")).isBetween(90L, 100L);
            assertThat(jedis.incrByFloat("f", 1.5)).isEqualTo(1.5);
            jedis.hset("h", Map.of("a", "1", "b", "2"));
            assertThat(jedis.hgetAll("h")).isEqualTo(Map.of("a", "1", "b", "2"));
            assertThat(jedis.clientGetname()).isEqualTo("jedis");
            var transaction = jedis.multi();
            var count = transaction.incr("n");
            var all = transaction.hgetAll("h");
            transaction.exec();
            assertThat(count.get()).isEqualTo(1);
            assertThat(all.get()).hasSize(2);
            var pipeline = jedis.pipelined();
            var replies = new ArrayList<Response<Long>>();
            for (int i = 0; i < 1000; i++) {
                replies.add(pipeline.incr("n"));
            }
            pipeline.sync();
            assertThat(replies.getLast().get()).isEqualTo(1001);
            assertThat(jedis.scan("0").getResult()).containsAnyOf("k", "h", "n", "f");
            assertThat(jedis.info("server")).contains("redis_version:7.0.15");
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void lettuceWorks(ProtocolVersion protocol) {
        var client = RedisClient.create(RedisURI.create("127.0.0.1", node.port()));
        client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
        try (var connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            assertThat(redis.ping()).isEqualTo("PONG");
            assertThat(redis.set("k", "v", SetArgs.Builder.px(100_000))).isEqualTo("OK");
            assertThat(redis.get("k")).isEqualTo("v");
            assertThat(redis.mget("k", "none")).hasSize(2);
            redis.hset("h", Map.of("a", "1", "b", "2"));
            assertThat(redis.hgetall("h")).isEqualTo(Map.of("a", "1", "b", "2"));
            assertThat(redis.hrandfieldWithvalues("h")).isNotNull();
            redis.multi();
            redis.incr("n");
            redis.get("k");
            assertThat(redis.exec().<Object>get(1)).isEqualTo("v");
            var found = new ArrayList<String>();
            ScanIterator.scan(redis, ScanArgs.Builder.limit(1)).forEachRemaining(found::add);
            assertThat(found).containsExactlyInAnyOrder("k", "h", "n");
            assertThat(redis.info()).contains("redis_version:7.0.15");
            assertThat(redis.clientList()).contains("resp=" + (protocol == ProtocolVersion.RESP3 ? 3 : 2));
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void redisCliWorks() throws Exception {
        RealRedis.require("redis-cli");
        var port = Integer.toString(node.port());
        assertThat(run("redis-cli", "-p", port, "SET", "k", "v")).isEqualTo("OK\n");
        assertThat(run("redis-cli", "-3", "-p", port, "HSET", "h", "a", "1")).isEqualTo("1\n");
        assertThat(run("redis-cli", "-3", "--json", "-p", port, "HGETALL", "h")).isEqualTo("{\"a\":\"1\"}\n");
        assertThat(run("redis-cli", "-p", port, "--scan").lines()).containsExactlyInAnyOrder("k", "h");
        assertThat(run("redis-cli", "-p", port, "--bigkeys")).contains("Sampled 2 keys");
        assertThat(run("redis-cli", "-p", port, "LPUSH", "l", "1")).startsWith("ERR LPUSH needs lists");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void redisBenchmarkWorks(int pipeline) throws Exception {
        RealRedis.require("redis-benchmark");
        var output = run(
                "redis-benchmark",
                "-p",
                Integer.toString(node.port()),
                "-t",
                "ping,set,get,incr,mset,hset",
                "-n",
                "20000",
                "-r",
                "1000",
                "-P",
                Integer.toString(pipeline),
                "-q");
        assertThat(output)
                .contains("MSET (10 keys):", "HSET:", "requests per second")
                .doesNotContain("rror", "WARNING");
    }

    private static String run(String... command) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
