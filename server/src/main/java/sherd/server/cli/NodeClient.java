package sherd.server.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import sherd.engine.schema.TableName;

/** A node, asked over HTTP. Nothing is sent twice. */
public final class NodeClient implements AutoCloseable {
    static final String USUAL_URL = "http://127.0.0.1:8080";

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(5);

    private final URI base;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    public NodeClient(URI base) {
        if (!"http".equals(base.getScheme()) || base.getHost() == null) {
            throw new WrongUseException("not the address of a node: " + base + "; write http://HOST:PORT");
        }
        this.base = base;
    }

    /** The request went out and no answer came back: nobody can tell whether it was carried out. */
    public static final class NoAnswerException extends IOException {
        private static final long serialVersionUID = 1L;

        NoAnswerException(IOException cause) {
            super(String.valueOf(cause.getMessage() == null ? cause : cause.getMessage()), cause);
        }
    }

    /** An answer as it came. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public boolean good() {
            return status < 300;
        }

        /** What the node says is wrong. */
        public String problem() {
            return Json.text(Json.parsed(body).flatMap(all -> Json.at(all, "detail")))
                    .orElseGet(() -> "status " + status + " " + body.strip());
        }

        /** The line of the request that was bad, if the node names one. */
        Optional<Long> badLine() {
            return Json.parsed(body)
                    .flatMap(all -> Json.at(all, "line"))
                    .filter(Number.class::isInstance)
                    .map(line -> ((Number) line).longValue());
        }

        boolean inDoubt() {
            return hasCode("IN_DOUBT");
        }

        /** Nothing is wrong with the request; there may be room for it later. */
        boolean comeBack() {
            return hasCode("OUT_OF_MEMORY") || hasCode("LOG_BEHIND");
        }

        private boolean hasCode(String code) {
            return Json.text(Json.parsed(body).flatMap(all -> Json.at(all, "code")))
                    .filter(code::equals)
                    .isPresent();
        }
    }

    public Answer get(String path) throws NoAnswerException {
        return send("GET", path, BodyPublishers.noBody(), Map.of());
    }

    public Answer json(String method, String path, String document) throws NoAnswerException {
        return send(method, path, BodyPublishers.ofString(document), Map.of("content-type", "application/json"));
    }

    /**
     * Sends once.
     *
     * @throws BadException if nothing was sent, since there is no node
     */
    public Answer send(String method, String path, BodyPublisher body, Map<String, String> headers)
            throws NoAnswerException {
        var request =
                HttpRequest.newBuilder(base.resolve(path)).timeout(ANSWER_LIMIT).method(method, body);
        headers.forEach(request::header);
        try {
            return answer(client.send(request.build(), BodyHandlers.ofString()));
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new BadException(
                    "no node answers at " + base + "; start one with 'sherd serve', or name it with --http", e);
        } catch (IOException e) {
            throw new NoAnswerException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException(new IOException("interrupted", e));
        }
    }

    private static Answer answer(HttpResponse<String> response) {
        var headers = response.headers().map().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.join(", ", entry.getValue())));
        return new Answer(response.statusCode(), headers, response.body());
    }

    static String path(TableName table) {
        return "/api/v1/tables/" + table.database() + "/" + table.table();
    }

    /** A value as it may stand in a query. */
    public static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    URI base() {
        return base;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
