package sherd.server.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which call answers which method on which path. {@code {x}} in a pattern takes one segment as it was sent. */
final class Routes {
    /** Answers one request: looks at its head, and says what takes its body. */
    @FunctionalInterface
    interface Call {
        Body begin(Exchange exchange);
    }

    private record Route(String pattern, List<String> segments, Map<HttpMethod, Call> calls) {}

    /** A call with what it was found by. */
    record Match(String pattern, Call call, Map<String, String> captures) {}

    private final List<Route> routes = new ArrayList<>();

    Routes add(HttpMethod method, String pattern, Call call) {
        for (var route : routes) {
            if (route.pattern.equals(pattern)) {
                route.calls.put(method, call);
                return this;
            }
        }
        var calls = new LinkedHashMap<HttpMethod, Call>();
        calls.put(method, call);
        routes.add(new Route(pattern, List.of(pattern.substring(1).split("/", -1)), calls));
        return this;
    }

    /** Patterns with the methods they answer, as the OpenAPI document must list them. */
    Map<String, List<String>> table() {
        var table = new LinkedHashMap<String, List<String>>();
        for (var route : routes) {
            table.put(
                    route.pattern,
                    route.calls.keySet().stream().map(HttpMethod::name).toList());
        }
        return table;
    }

    Match find(HttpMethod method, RequestTarget target) {
        for (var route : routes) {
            var captures = match(route.segments, target.segments());
            if (captures == null) {
                continue;
            }
            var call = route.calls.get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
            if (call != null) {
                return new Match(route.pattern, call, captures);
            }
            var allow = allow(route);
            if (method.equals(HttpMethod.OPTIONS)) {
                return new Match(route.pattern, exchange -> options(exchange, allow), captures);
            }
            throw new RefusedException(Problem.of(
                            405,
                            "METHOD_NOT_ALLOWED",
                            "method not allowed here: method=" + method + " path='" + target.path() + "'; use " + allow)
                    .header("allow", allow));
        }
        throw Problem.refuse(
                404, "NO_SUCH_PATH", "no such path: path='" + target.path() + "'; /openapi.json lists the paths");
    }

    private static Body options(Exchange exchange, String allow) {
        return Body.ignored(() -> exchange.reply(Response.empty(204).header("allow", allow)));
    }

    private static String allow(Route route) {
        var methods = new TreeSet<String>();
        for (var method : route.calls.keySet()) {
            methods.add(method.name());
        }
        if (route.calls.containsKey(HttpMethod.GET)) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }

    private static @Nullable Map<String, String> match(List<String> pattern, List<String> segments) {
        if (pattern.size() != segments.size()) {
            return null;
        }
        var captures = new LinkedHashMap<String, String>();
        for (int i = 0; i < pattern.size(); i++) {
            var wanted = pattern.get(i);
            if (wanted.startsWith("{")) {
                captures.put(wanted.substring(1, wanted.length() - 1), segments.get(i));
            } else if (!wanted.equals(segments.get(i))) {
                return null;
            }
        }
        return captures;
    }
}
