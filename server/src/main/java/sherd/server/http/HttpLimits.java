package sherd.server.http;

/**
 * What one client may cost.
 *
 * @param requestLineBytes the longest request line
 * @param headerBytes all header lines together
 * @param documentBytes the longest body that is one JSON document
 * @param batchBytes the longest body of rows, and the longest raw value
 * @param drainBytes how much of an unwanted body is read so that the connection can be used again
 * @param connections open at once; more are turned away
 * @param idleMillis how long a connection may stay open between requests, and a request's head may take
 * @param stallMillis how long a body may bring nothing, or a response not be taken
 */
public record HttpLimits(
        int requestLineBytes,
        int headerBytes,
        int documentBytes,
        int batchBytes,
        int drainBytes,
        int connections,
        long idleMillis,
        long stallMillis) {
    public static final HttpLimits DEFAULT =
            new HttpLimits(256 << 10, 32 << 10, 1 << 20, 64 << 20, 256 << 10, 10_000, 60_000, 30_000);
}
