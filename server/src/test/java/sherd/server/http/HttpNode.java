package sherd.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.time.SystemClock;
import sherd.server.config.HostPort;
import sherd.server.config.Transport;
import sherd.server.loki.LokiApi;
import sherd.server.loki.LokiLimits;
import sherd.server.loki.Peers;
import sherd.server.net.EventLoops;
import sherd.server.observe.Observers;

/** An engine with an HTTP door on a free port, and a client for it. */
final class HttpNode implements AutoCloseable {
    private final TestEngine engine;
    private final EventLoops loops;
    private final LokiApi loki;
    private final HttpDoor door;
    private final HttpClient client;

    HttpNode() {
        this(HttpLimits.DEFAULT);
    }

    /** With a client that speaks this version, once the node has agreed to it. */
    HttpNode(HttpClient.Version version) {
        this(HttpLimits.DEFAULT, EngineConfig.DEFAULT, version, Transport.AUTO);
        get("/healthz"); // a first request without a body, so that the client can upgrade
    }

    HttpNode(HttpLimits limits) {
        this(limits, EngineConfig.DEFAULT);
    }

    HttpNode(HttpLimits limits, EngineConfig config) {
        this(limits, config, HttpClient.Version.HTTP_1_1, Transport.AUTO);
    }

    HttpNode(Transport transport) {
        this(HttpLimits.DEFAULT, EngineConfig.DEFAULT, HttpClient.Version.HTTP_1_1, transport);
    }

    HttpNode(HttpLimits limits, EngineConfig config, HttpClient.Version version, Transport transport) {
        client = HttpClient.newBuilder().version(version).build();
        var clock = new SystemClock();
        engine = new TestEngine(config, clock);
        loops = EventLoops.start(transport, 2);
        loki = new LokiApi(
                engine.engine(),
                clock,
                LokiLimits.DEFAULT,
                Peers.NONE,
                Thread.ofPlatform().daemon().factory());
        door = HttpDoor.open(
                loops, new HostPort("127.0.0.1", 0), engine.engine(), clock, limits, loki, Observers.none());
    }

    /** The data folder. */
    Path folder() {
        return engine.folder();
    }

    /** What its folder has at the end was damaged on purpose. */
    void damaged() {
        engine.damaged();
    }

    Engine engine() {
        return engine.engine();
    }

    void holdDisk() {
        engine.disk().hold();
    }

    void releaseDisk() {
        engine.disk().release();
    }

    /** Nothing can be written to disk from now on. */
    void breakDisk() {
        engine.breakDisk();
    }

    HttpDoor door() {
        return door;
    }

    int port() {
        return door.address().port();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> delete(String path, String... headers) {
        return send("DELETE", path, BodyPublishers.noBody(), headers);
    }

    /** Sends JSON. */
    HttpResponse<String> json(String method, String path, String body, String... headers) {
        var all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "content-type";
        all[1] = "application/json";
        return send(method, path, BodyPublishers.ofString(body), all);
    }

    HttpResponse<String> post(String path, String type, byte[] body) {
        return send("POST", path, BodyPublishers.ofByteArray(body), "content-type", type);
    }

    HttpResponse<String> post(String path, String type, String body) {
        return post(path, type, body.getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) {
        return send(BodyHandlers.ofString(), method, path, body, headers);
    }

    /** The body as it came. */
    HttpResponse<byte[]> bytes(String path, String... headers) {
        return send(BodyHandlers.ofByteArray(), "GET", path, BodyPublishers.noBody(), headers);
    }

    /** The body as it comes. */
    HttpResponse<InputStream> stream(String path) {
        return send(BodyHandlers.ofInputStream(), "GET", path, BodyPublishers.noBody());
    }

    private <T> HttpResponse<T> send(
            BodyHandler<T> handler, String method, String path, BodyPublisher body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(url(path))).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A table that must not be there yet. */
    void create(String path, String definition) {
        var made = json("PUT", "/api/v1/tables/" + path, definition);
        if (made.statusCode() != 201) {
            throw new IllegalStateException(made.statusCode() + " " + made.body());
        }
    }

    static Map<String, Object> problem(HttpResponse<String> response) {
        if (!"application/problem+json"
                .equals(response.headers().firstValue("content-type").orElse(""))) {
            throw new AssertionError("not a problem: " + response + " " + response.body());
        }
        return Json.object(response.body());
    }

    RawConnection connect() throws IOException {
        return new RawConnection(port());
    }

    @Override
    public void close() {
        client.close();
        door.close();
        loki.close();
        loops.close();
        engine.close();
    }
}
