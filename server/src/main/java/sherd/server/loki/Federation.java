package sherd.server.loki;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks several servers the same and makes one answer. No thread waits: this node's part is worked on where the question
 * came in, and the last to answer sets off the merge. Whoever fails or is late is named in the answer's warnings.
 */
final class Federation implements AutoCloseable {
    private final Peers peers;
    private final Executor threads;
    private final LokiLimits limits;
    private final @Nullable HttpClient client;

    Federation(Peers peers, Executor threads, LokiLimits limits) {
        this.peers = peers;
        this.threads = threads;
        this.limits = limits;
        client = peers.others().isEmpty()
                ? null
                : HttpClient.newBuilder()
                        .connectTimeout(Duration.ofMillis(peers.timeoutMillis()))
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
    }

    /** On a thread for queries. */
    void ask(
            String clusters,
            Question question,
            LokiRequest request,
            Parameters given,
            Supplier<Found> here,
            BiConsumer<Found, List<String>> answer,
            Consumer<Throwable> failure) {
        var named = named(clusters);
        var answers = new LinkedHashMap<String, CompletableFuture<Found>>();
        named.forEach((name, uri) -> {
            if (uri.isPresent()) {
                answers.put(name, send(uri.get(), question, request));
            }
        });
        if (named.containsKey(peers.here())) {
            answers.put(peers.here(), ownPart(here));
        }
        var _ = CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .whenCompleteAsync(
                        (_, _) -> {
                            try {
                                merge(question, given, answers, answer);
                            } catch (RuntimeException e) {
                                failure.accept(e);
                            }
                        },
                        this::onSomeThread);
    }

    /** The merge must not be lost when all threads are taken and none may wait. */
    private void onSomeThread(Runnable merge) {
        try {
            threads.execute(merge);
        } catch (RejectedExecutionException e) {
            merge.run();
        }
    }

    /** A query that is wrong is refused as a whole; trouble with this node's rows counts as a server's failure. */
    private static CompletableFuture<Found> ownPart(Supplier<Found> here) {
        try {
            return CompletableFuture.completedFuture(here.get());
        } catch (sherd.engine.error.StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The servers meant, this node without an address; {@code *} means all. */
    private Map<String, java.util.Optional<URI>> named(String clusters) {
        var named = new TreeMap<String, java.util.Optional<URI>>();
        if (clusters.equals("*")) {
            named.put(peers.here(), java.util.Optional.empty());
            peers.sorted().forEach((name, uri) -> named.put(name, java.util.Optional.of(uri)));
            return named;
        }
        for (var name : clusters.split(",", -1)) {
            var uri = java.util.Optional.ofNullable(peers.others().get(name.strip()));
            if (uri.isEmpty() && !name.strip().equals(peers.here())) {
                throw LokiException.bad("unknown cluster: clusters='" + name.strip() + "'; there are " + peers.here()
                        + (peers.others().isEmpty() ? "" : ", ")
                        + String.join(", ", peers.sorted().keySet()) + "; loki.peers names them");
            }
            named.put(name.strip(), uri);
        }
        return named;
    }

    private CompletableFuture<Found> send(URI uri, Question question, LokiRequest request) {
        var http = client;
        if (http == null) {
            throw new IllegalStateException("a peer without a client");
        }
        var path = question.path().replace("{name}", encoded(request.name()));
        var asked = HttpRequest.newBuilder(URI.create(base(uri) + path + "?" + query(request)))
                .timeout(Duration.ofMillis(peers.timeoutMillis()))
                .header("accept", "application/json");
        if (request.tenant() != null) {
            asked.header("x-scope-orgid", request.tenant());
        }
        var body = BodyHandlers.limiting(BodyHandlers.ofByteArray(), limits.answerBytes());
        var sent = http.sendAsync(asked.method("GET", BodyPublishers.noBody()).build(), body);
        // The request's own time ends with the head of the response; a body that stalls is given up too.
        return sent.thenApply(response -> read(question, response))
                .orTimeout(peers.timeoutMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> sent.cancel(true));
    }

    private static String base(URI uri) {
        var text = uri.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static String query(LokiRequest request) {
        var query = new StringJoiner("&");
        request.parameters()
                .forEach((name, values) -> values.forEach(value -> {
                    if (!name.equals("clusters")) {
                        query.add(encoded(name) + "=" + encoded(value));
                    }
                }));
        return query.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Found read(Question question, HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            var text = new String(response.body(), StandardCharsets.UTF_8).strip();
            throw new LokiException(
                    502, "status=" + response.statusCode() + " " + text.substring(0, Math.min(200, text.length())));
        }
        return PeerAnswer.read(question, response.body());
    }

    private void merge(
            Question question,
            Parameters given,
            Map<String, CompletableFuture<Found>> answers,
            BiConsumer<Found, List<String>> answer) {
        var warnings = new ArrayList<String>();
        var found = new TreeMap<String, Found>();
        answers.forEach((name, future) -> {
            try {
                found.put(name, future.join());
            } catch (CompletionException e) {
                warnings.add("cluster '" + name + "' did not answer: " + reason(e.getCause()));
            }
        });
        if (found.isEmpty()) {
            throw new LokiException(502, String.join("; ", warnings));
        }
        answer.accept(new Merge(limits, given).merge(question, found), warnings);
    }

    private String reason(@Nullable Throwable cause) {
        return switch (cause) {
            case TimeoutException _ -> "no answer within " + peers.timeoutMillis() + "ms";
            case java.net.http.HttpTimeoutException _ -> "no answer within " + peers.timeoutMillis() + "ms";
            case IOException io ->
                String.valueOf(io.getMessage() == null ? io.getClass().getSimpleName() : io.getMessage());
            case null -> "unknown";
            default -> String.valueOf(cause.getMessage());
        };
    }

    @Override
    public void close() {
        if (client != null) {
            client.shutdownNow();
            client.close();
        }
    }
}
