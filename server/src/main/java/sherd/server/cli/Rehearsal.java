package sherd.server.cli;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sherd.server.cli.RespClient.Reply;
import sherd.server.config.HostPort;

/**
 * A few seconds of usual load, for a node whose JVM notes what its methods do (JEP 515). Compilers of later starts go by
 * these notes, so it has what they would else learn late and the hard way: commands in long and short pipelines, clients
 * that come and go, keys that are there and that are not.
 *
 * <p>No verb of the command line: {@code scripts/aot.sh} starts it.
 */
final class Rehearsal {
    private static final int ROUNDS = 2;
    private static final List<Integer> PIPELINES = List.of(64, 16, 1);
    private static final int CLIENTS = 32;
    /** Of SET and of GET, in one length of pipeline in one round. */
    private static final int COMMANDS = 150_000;
    /** The same one at a time, which takes longer. */
    private static final int SINGLE_COMMANDS = 20_000;
    /** Of these there is one rarer command; compilers go by shares, and spend less on what is rare. */
    private static final int RARER_SHARE = 8;

    private static final int REQUESTS = 300;
    private static final int KEYS = 100_000;
    private static final List<Kind> RARER =
            List.of(Kind.INCR, Kind.HSET, Kind.HGET, Kind.MSET, Kind.MGET, Kind.DEL, Kind.EXPIRE);

    private static final long MOST_NANOS = 20_000_000_000L;
    private static final String VALUE = "v".repeat(64);
    private static final int OPS = 32;
    private static final String SET_OP = "\"op\":\"set\",\"value\":\"" + VALUE + "\"";
    private static final String GET_OP = "\"op\":\"get\"";

    /** What a client asks for before anything else. */
    private static final List<List<String>> GREETINGS = List.of(
            List.of("CONFIG", "GET", "save"),
            List.of("CLIENT", "SETINFO", "lib-name", "rehearsal"),
            List.of("PING"),
            List.of("INFO"));

    private final HostPort resp;
    private final NodeClient http;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private final long began;
    private long commands;
    private long requests;

    Rehearsal(HostPort resp, NodeClient http, RandomGenerator random, LongSupplier nanoTime) {
        this.resp = resp;
        this.http = http;
        this.random = random;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    /**
     * Rehearses, and says in one line what was done.
     *
     * @param args where the node serves RESP and HTTP, {@code HOST:PORT} each
     */
    public static void main(String[] args) throws IOException {
        var resp = HostPort.parse(args[0]);
        try (var http = new NodeClient(URI.create("http://" + args[1]))) {
            System.out.println(new Rehearsal(resp, http, new Random(1), System::nanoTime).run());
        }
    }

    /** What was done, in one line. */
    String run() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            for (int pipeline : PIPELINES) {
                int most = pipeline == 1 ? SINGLE_COMMANDS : COMMANDS;
                converse(List.of(Kind.SET), pipeline, most);
                converse(List.of(Kind.GET), pipeline, most);
                converse(RARER, pipeline, most / RARER_SHARE);
            }
            ask();
        }
        long millis = (nanoTime.getAsLong() - began) / 1_000_000;
        return "rehearsed: commands=" + commands + " requests=" + requests + " ms=" + millis;
    }

    private boolean late() {
        return nanoTime.getAsLong() - began > MOST_NANOS;
    }

    private void converse(List<Kind> kinds, int pipeline, int most) throws IOException {
        var clients = new ArrayList<RespClient>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                var client = new RespClient(resp);
                clients.add(client);
                for (var greeting : GREETINGS) {
                    require(client.call(greeting), greeting);
                }
            }
            for (int sent = 0; sent < most && !late(); sent += CLIENTS * pipeline) {
                exchange(clients, kinds.get(random.nextInt(kinds.size())), pipeline);
            }
            clients.getFirst().call(List.of("BGSAVE")); // refused while one is under way, which is as good
        } finally {
            for (var client : clients) {
                client.close();
            }
        }
    }

    /** A batch of each client, all of them under way at once; all commands of a batch are of one kind. */
    private void exchange(List<RespClient> clients, Kind kind, int pipeline) throws IOException {
        for (var client : clients) {
            for (int i = 0; i < pipeline; i++) {
                client.add(kind.command(random));
            }
            client.send();
        }
        for (var client : clients) {
            for (int i = 0; i < pipeline; i++) {
                require(client.read(), List.of(kind.name()));
            }
        }
        commands += (long) clients.size() * pipeline;
    }

    private enum Kind {
        SET,
        GET,
        INCR,
        HSET,
        HGET,
        MSET,
        MGET,
        DEL,
        EXPIRE;

        List<String> command(RandomGenerator random) {
            int number = random.nextInt(KEYS);
            var key = "key:" + number;
            return switch (this) {
                case SET -> List.of("SET", key, VALUE);
                case GET -> List.of("GET", key);
                case INCR -> List.of("INCR", "count:" + number);
                case HSET -> List.of("HSET", "hash:" + number, "field", VALUE);
                case HGET -> List.of("HGET", "hash:" + number, "field");
                case MSET -> List.of("MSET", key, VALUE, "other:" + number, VALUE);
                case MGET -> List.of("MGET", key, "other:" + number, "none");
                case DEL -> List.of("DEL", "other:" + number);
                case EXPIRE -> List.of("EXPIRE", "other:" + number, "100");
            };
        }
    }

    private void ask() throws IOException {
        var ops = IntStream.range(0, OPS)
                .mapToObj(i -> "{" + (i % 2 == 0 ? SET_OP : GET_OP) + ",\"key\":\"key:" + i + "\"}")
                .collect(Collectors.joining(","));
        var document = "{\"table\":\"default.kv\",\"ops\":[" + ops + "]}";
        for (int i = 0; i < REQUESTS && !late(); i++) {
            require(http.json("POST", "/api/v1/shard", document));
            require(http.get("/api/v1/status"));
            requests += 2;
        }
        require(http.get("/metrics"));
    }

    private static void require(Reply reply, List<String> command) throws IOException {
        if (reply instanceof Reply.Failure(var text)) {
            throw new IOException("the node refused " + command.getFirst() + ": " + text);
        }
    }

    private static void require(NodeClient.Answer answer) throws IOException {
        if (!answer.good()) {
            throw new IOException("the node refused a request: " + answer.problem());
        }
    }
}
