package sherd.server.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Which call answers which method on which path. {@code {x}} in a pattern takes one segment as it was sent. */
final class Routes {
    /** Answers one request: looks at its head, and says what takes its body. */
    @FunctionalInterface
    interface Call {
        Body begin(Exchange exchange);
    }

    private record Route(String pattern, List<String> segments, Map<HttpMethod, Call> calls) {
        boolean matches(List<String> asked) {
            if (segments.size() != asked.size()) {
                return false;
            }
            for (int i = 0; i < segments.size(); i++) {
                var wanted = segments.get(i);
                if (!wanted.startsWith("{") && !wanted.equals(asked.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * A call with what it was found by.
     *
     * @param segments of the pattern, one for each of the path's
     */
    record Match(String pattern, Call call, List<String> segments) {}

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
            if (!route.matches(target.segments())) {
                continue;
            }
            var call = route.calls.get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
            if (call != null) {
                return new Match(route.pattern, call, route.segments);
            }
            var allow = allow(route);
            if (method.equals(HttpMethod.OPTIONS)) {
                return new Match(route.pattern, exchange -> options(exchange, allow), route.segments);
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
}
