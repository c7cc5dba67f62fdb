package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;
import sherd.server.Node;
import sherd.server.config.NodeConfig;
import sherd.server.config.Transport;
import sherd.server.net.Transports;

/** What a whole node says of its time while clients keep it busy. */
final class DebugCallsTest {
    private static final int PIPELINE = 50;
    private static final int OPERATIONS = 10;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private Node node;

    @BeforeEach
    void start() {
        node = node(folder.resolve("data"), "interval");
    }

    private static Node node(Path data, String sync, String... more) {
        var settings = new ArrayList<>(List.of(
                "listen.resp=127.0.0.1:0",
                "listen.http=127.0.0.1:0",
                "listen.threads=2",
                "log.sync=" + sync,
                "storage.data=" + data));
        settings.addAll(List.of(more));
        return Node.start(NodeConfig.read(null, settings));
    }

    @AfterEach
    void stopAndCheck() throws IOException {
        http.close();
        node.close();
        assertThat(node.engine().memory().usedBytes())
                .as("leaked native memory")
                .isZero();
        assertThat(Engine.check(new LocalDisk(folder.resolve("data")))).isEmpty();
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + node.http() + path))
                .build();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path), BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<String>> ask(String path) {
        return http.sendAsync(request(path), BodyHandlers.ofString());
    }

    /** Sends batches until the answer is there; returns how many commands. */
    private long loadUntil(CompletableFuture<?> answer) throws InterruptedException {
        var sent = new AtomicLong();
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < 2; i++) {
            clients.add(Thread.ofPlatform().start(() -> {
                try (var redis = new Jedis(node.resp().host(), node.resp().port())) {
                    for (int round = 0; !answer.isDone(); round++) {
                        var pipeline = redis.pipelined();
                        for (int k = 0; k < PIPELINE; k++) {
                            var key = "key:" + (round * 31 + k) % 5_000;
                            if (k % 2 == 0) {
                                pipeline.set(key, "value");
                            } else {
                                pipeline.get(key);
                            }
                        }
                        pipeline.sync();
                        sent.addAndGet(PIPELINE);
                    }
                }
            }));
        }
        for (var client : clients) {
            client.join();
        }
        return sent.get();
    }

    private static double number(Map<?, ?> object, String name) {
        var value = object.get(name);
        assertThat(value).as(name).isInstanceOf(Number.class);
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    private static Map<String, Map<?, ?>> stages(Map<String, Object> answer) {
        var stages = new TreeMap<String, Map<?, ?>>();
        for (var stage : (List<?>) answer.getOrDefault("stages", List.of())) {
            stages.put(String.valueOf(((Map<?, ?>) stage).get("stage")), (Map<?, ?>) stage);
        }
        return stages;
    }

    private static double sum(Map<String, Map<?, ?>> stages, String name) {
        return stages.values().stream()
                .mapToDouble(stage -> number(stage, name))
                .sum();
    }

    @ParameterizedTest
    @EnumSource
    void stagesUnderLoadAreWithinTheTimeOfTheBatches(Transport transport) throws Exception {
        Transports.assumeAvailable(transport);
        node.close();
        node = node(
                folder.resolve("data"),
                "interval",
                "listen.transport=" + transport.name().toLowerCase(Locale.ROOT));
        var answers = attributionsUnderLoad(4);
        var found = answers.getLast();
        assertThat(found.get("sampling")).isEqualTo(false);
        assertThat(number(found, "batches")).isGreaterThan(3);
        assertThat(number(found, "commands")).isGreaterThanOrEqualTo(number(found, "batches"));
        var stages = stages(found);
        assertThat(stages.keySet())
                .containsExactlyInAnyOrder(
                        "read", "parse", "route", "lock_wait", "execute", "log", "reply", "backend_wait");
        for (var stage : List.of("read", "parse", "route", "execute", "log", "reply")) {
            assertThat(number(stages.getOrDefault(stage, Map.of()), "us"))
                    .as(stage)
                    .isPositive();
        }
        assertThat(sum(stages, "us")).isPositive().isLessThanOrEqualTo(number(found, "wall_us") + 1);
        assertThat(sum(stages, "cpu_share")).isBetween(0.999, 1.001);
        assertThat(sum(stages, "p99_share")).isBetween(0.999, 1.001);
        var total = Json.object(get("/debug/attribution").body());
        double sampled = answers.stream()
                .mapToDouble(answer -> number(answer, "batches"))
                .sum();
        // a batch that was being timed when an answer was made counts once it ends
        assertThat(number(total, "batches")).isBetween(sampled, sampled + 2 * answers.size());
        assertThat(samples().get("sherd_stage_batches_total{door=\"resp\"}")).isEqualTo(number(total, "batches"));
        assertThat(samples().getOrDefault("sherd_stage_seconds_total{door=\"resp\",stage=\"execute\"}", 0.0))
                .isPositive();
    }

    private List<Map<String, Object>> attributionsUnderLoad(int leastBatches) throws Exception {
        return attributions("", leastBatches, this::loadUntil);
    }

    /** Puts a node under load until the answer is there. */
    private interface Load {
        void until(CompletableFuture<?> answer) throws Exception;
    }

    /** Samples for longer and longer until one has caught so many batches: a busy machine may do few in a second. */
    private List<Map<String, Object>> attributions(String more, int leastBatches, Load load) throws Exception {
        var answers = new ArrayList<Map<String, Object>>();
        for (int seconds = 1; seconds <= 32; seconds *= 2) {
            var answer = ask("/debug/attribution?seconds=" + seconds + more);
            load.until(answer);
            assertThat(answer.join().statusCode()).isEqualTo(200);
            answers.add(Json.object(answer.join().body()));
            if (number(answers.getLast(), "batches") >= leastBatches) {
                break;
            }
        }
        return answers;
    }

    @Test
    void repliesThatWaitForTheDiskAreSaidToWait() throws Exception {
        node.close();
        node = node(folder.resolve("data"), "always");
        var found = attributionsUnderLoad(1).getLast();
        var wait = stages(found).getOrDefault("backend_wait", Map.of());
        assertThat(number(found, "batches")).isPositive();
        assertThat(number(wait, "us")).isPositive();
        // a batch can be among the slowest for being preempted, its log written meanwhile: no wait in the tail then
        assertThat(number(wait, "p99_share")).isBetween(0.0, 1.0);
        assertThat(number(wait, "cpu_share")).isZero();
    }

    /** Sends batches of the gateway until the answer is there; returns how many. */
    private long batchesUntil(HttpClient.Version version, CompletableFuture<?> answer) throws Exception {
        var ops = new StringJoiner(",", "{\"ops\":[", "]}");
        for (int i = 0; i < OPERATIONS; i++) {
            ops.add(
                    i % 2 == 0
                            ? "{\"op\":\"set\",\"key\":\"key:" + i + "\",\"value\":\"value\"}"
                            : "{\"op\":\"get\",\"key\":\"key:" + (i - 1) + "\"}");
        }
        var batch = HttpRequest.newBuilder(URI.create("http://" + node.http() + "/api/v1/shard"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(ops.toString()))
                .build();
        long sent = 0;
        try (var client = HttpClient.newBuilder().version(version).build()) {
            client.send(request("/healthz"), BodyHandlers.ofString()); // without a body, so that the client can upgrade
            while (!answer.isDone()) {
                var replies = new ArrayList<CompletableFuture<HttpResponse<String>>>();
                for (int i = 0; i < 4; i++) {
                    replies.add(client.sendAsync(batch, BodyHandlers.ofString()));
                }
                for (var reply : replies) {
                    assertThat(reply.join().statusCode()).isEqualTo(200);
                    assertThat(reply.join().version()).isEqualTo(version);
                    sent++;
                }
            }
        }
        return sent;
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void stagesOfRequestsAreWithinTheTimeOfTheirBatches(HttpClient.Version version) throws Exception {
        var answers = attributions("&door=http", 4, answer -> batchesUntil(version, answer));
        var found = answers.getLast();
        assertThat(number(found, "batches")).isGreaterThan(3);
        assertThat(number(found, "commands")).isGreaterThan((OPERATIONS - 1) * number(found, "batches"));
        var stages = stages(found);
        for (var stage : List.of("read", "parse", "route", "lock_wait", "execute", "log", "reply")) {
            assertThat(number(stages.getOrDefault(stage, Map.of()), "us"))
                    .as(stage)
                    .isPositive();
        }
        assertThat(sum(stages, "us")).isPositive().isLessThanOrEqualTo(number(found, "wall_us") + 1);
        assertThat(sum(stages, "cpu_share")).isBetween(0.999, 1.001);
        assertThat(number(Json.object(get("/debug/attribution?door=resp").body()), "batches"))
                .isZero();
        double sampled =
                answers.stream().mapToDouble(each -> number(each, "batches")).sum();
        assertThat(samples())
                .hasEntrySatisfying(
                        "sherd_stage_batches_total{door=\"http\"}",
                        batches -> assertThat(batches)
                                .as("one of each loop may have begun and not ended")
                                .isBetween(sampled, sampled + 2 * answers.size()))
                .hasEntrySatisfying(
                        "sherd_stage_seconds_total{door=\"http\",stage=\"parse\"}",
                        seconds -> assertThat(seconds).isPositive());
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void requestsThatWaitForTheDiskAreSaidToWait(HttpClient.Version version) throws Exception {
        node.close();
        node = node(folder.resolve("data"), "always");
        var found = attributions("&door=http", 1, answer -> batchesUntil(version, answer))
                .getLast();
        var wait = stages(found).getOrDefault("backend_wait", Map.of());
        assertThat(number(found, "batches")).isPositive();
        assertThat(number(wait, "us")).isPositive();
        // a batch can be among the slowest for being preempted, its log written meanwhile: no wait in the tail then
        assertThat(number(wait, "p99_share")).isBetween(0.0, 1.0);
        assertThat(number(wait, "cpu_share")).isZero();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void requestsAndTheirOperationsAreCounted(HttpClient.Version version) throws Exception {
        var done = new CompletableFuture<Void>();
        done.completeOnTimeout(null, 300, TimeUnit.MILLISECONDS);
        long sent = batchesUntil(version, done);
        assertThat(get("/no/such/path").statusCode()).isEqualTo(404);
        var samples = samples();
        assertThat(samples)
                .containsEntry(
                        "sherd_http_requests_total{method=\"POST\",route=\"/api/v1/shard\",status=\"200\"}",
                        (double) sent)
                .containsEntry("sherd_gateway_operations_total{op=\"set\"}", sent * OPERATIONS / 2.0)
                .containsEntry("sherd_gateway_operations_total{op=\"get\"}", sent * OPERATIONS / 2.0)
                .containsEntry("sherd_gateway_operations_total{op=\"del\"}", 0.0);
        double requests = samples.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith("sherd_http_requests_total"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        assertThat(samples)
                .containsEntry("sherd_http_request_seconds_count", requests)
                .containsEntry("sherd_http_request_seconds_bucket{le=\"+Inf\"}", requests)
                .hasEntrySatisfying(
                        "sherd_http_request_seconds_sum", sum -> assertThat(sum).isPositive());
    }

    @Test
    void figuresOfAllHomesAndOfTheCollectorsAreThere() throws Exception {
        assertThat(samples())
                .containsKeys(
                        "sherd_table_bytes{table=\"default.kv\",home=\"hot\"}",
                        "sherd_table_bytes{table=\"default.kv\",home=\"archived\"}",
                        "sherd_memory_used_bytes{purpose=\"network\"}",
                        "sherd_heap_used_bytes",
                        "sherd_stage_sampling")
                .satisfies(samples -> assertThat(samples.keySet())
                        .anyMatch(name -> name.startsWith("sherd_gc_collections_total{"))
                        .anyMatch(name -> name.startsWith("sherd_gc_seconds_total{")));
    }

    @Test
    void anUnknownDoorIsRefusedByName() throws Exception {
        var refused = get("/debug/attribution?door=grpc");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("no such door: door='grpc'; ask for resp, http or all");
    }

    @Test
    void withoutLoadThereAreNoBatches() throws Exception {
        assertThat(number(Json.object(get("/debug/attribution").body()), "batches"))
                .isZero();
        assertThat(number(Json.object(get("/debug/attribution?seconds=1").body()), "wall_us"))
                .isZero();
    }

    @Test
    void commandsAreCountedByNameAndAllAreInTheHistogram() throws Exception {
        var done = new CompletableFuture<Void>();
        done.completeOnTimeout(null, 300, TimeUnit.MILLISECONDS);
        long sent = loadUntil(done);
        try (var redis = new Jedis(node.resp().host(), node.resp().port())) {
            redis.ping();
            redis.mset("a", "1", "b", "2");
            var transaction = redis.multi();
            transaction.incr("a");
            transaction.exec();
            var samples = samples();
            assertThat(samples)
                    .containsEntry("sherd_resp_commands_total{command=\"set\"}", sent / 2.0)
                    .containsEntry("sherd_resp_commands_total{command=\"get\"}", sent / 2.0)
                    .containsEntry("sherd_resp_commands_total{command=\"mset\"}", 1.0)
                    .containsEntry("sherd_resp_commands_total{command=\"exec\"}", 1.0)
                    .containsEntry("sherd_resp_connections", 1.0)
                    .containsEntry("sherd_resp_connections_total", 3.0);
            double commands = samples.entrySet().stream()
                    .filter(sample -> sample.getKey().startsWith("sherd_resp_commands_total"))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            assertThat(samples)
                    .containsEntry("sherd_resp_command_seconds_count", commands)
                    .containsEntry("sherd_resp_command_seconds_bucket{le=\"+Inf\"}", commands)
                    .hasEntrySatisfying(
                            "sherd_resp_command_seconds_sum",
                            sum -> assertThat(sum).isPositive())
                    .containsKeys("sherd_loop_lag_seconds{loop=\"0\"}", "sherd_loop_lag_seconds{loop=\"1\"}");
            assertThat(redis.info("stats")).contains("total_commands_processed:" + (long) commands);
        }
    }

    private Map<String, Double> samples() throws IOException, InterruptedException {
        var samples = new TreeMap<String, Double>();
        for (var line : get("/metrics").body().lines().toList()) {
            if (!line.startsWith("#")) {
                assertThat(line).matches("[a-z_]+(\\{([a-z]+=\"[^\"]*\",?)+})? -?[0-9.]+");
                int space = line.lastIndexOf(' ');
                assertThat(samples.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1))))
                        .as(line)
                        .isNull();
            }
        }
        return samples;
    }

    @Test
    void theFlameGraphShowsWhatTheNodeIsBusyWith() throws Exception {
        var first = ask("/debug/profile?seconds=3");
        var second = ask("/debug/profile?seconds=3");
        loadUntil(first);
        loadUntil(second);
        boolean firstWon = first.join().statusCode() == 200;
        var page = firstWon ? first.join() : second.join();
        var refused = firstWon ? second.join() : first.join();
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(refused.body()).contains("another profile is being taken");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(page.body()).contains("sherd-io", "sherd.server.resp.Connection.turn");
        var parsed = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(page.body().getBytes(StandardCharsets.UTF_8)));
        assertThat(parsed.getElementsByTagName("g").getLength()).isGreaterThan(10);
        assertThat(get("/debug/profile?seconds=1").statusCode()).isEqualTo(200);
    }

    @Test
    void aNodeStopsWhileItIsProfiled() throws Exception {
        var answer = ask("/debug/profile?seconds=60");
        var sampled = ask("/debug/attribution?seconds=60");
        get("/healthz");
        node.close();
        assertThat(answer.handle((response, failure) -> failure != null || response.statusCode() == 200)
                        .join())
                .isTrue();
        assertThat(sampled.handle((_, failure) -> failure != null).join()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "61", "abc", "-1", "1.5", "", "007", "1e1", "99999999999"})
    void timesOutOfBoundsAreRefused(String seconds) throws Exception {
        for (var path : List.of("/debug/attribution", "/debug/profile")) {
            var refused = get(path + "?seconds=" + seconds);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("from 1 to 60: seconds='" + seconds + "'");
        }
    }

    @Test
    void unknownParametersAndMethodsAreRefused() throws Exception {
        assertThat(get("/debug/profile?second=1").statusCode()).isEqualTo(400);
        assertThat(get("/debug/attribution?secs=1").statusCode()).isEqualTo(400);
        var post = HttpRequest.newBuilder(URI.create("http://" + node.http() + "/debug/profile"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    }
}
