package sherd.bench.side;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import sherd.bench.frame.BenchException;

/** What a node answers over HTTP. */
final class NodeHttp {
    private NodeHttp() {}

    static String get(SherdNode node, String path, Duration timeout) {
        var request = HttpRequest.newBuilder(URI.create("http://" + node.http() + path))
                .timeout(timeout)
                .build();
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new BenchException("the node answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new BenchException("cannot ask the node for " + path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while the node was asked for " + path, e);
        }
    }
}
