package sherd.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * Where segments go that leave the data folder.
 *
 * @param endpoint {@code http(s)://HOST[:PORT]} of an S3-compatible store, or {@code file:///FOLDER}; empty for none
 * @param bucket in the store
 * @param prefix before the key of every object
 * @param accessKey with {@code secretKey}; if both are empty, those of the environment
 * @param uploadAfter a segment was written
 * @param keepLocal for how long after a segment was written its file stays beside its object
 * @param localLimit bytes of such files beyond which the oldest go earlier; 0 for no limit
 * @param timeout for a store that says nothing
 */
public record ObjectsConfig(
        String endpoint,
        String bucket,
        String prefix,
        String region,
        Secret accessKey,
        Secret secretKey,
        Duration uploadAfter,
        Duration keepLocal,
        ByteSize localLimit,
        Duration timeout)
        implements Section {
    private static final Duration LONGEST = Duration.ofMinutes(5);

    public boolean isOn() {
        return !endpoint.isEmpty();
    }

    public boolean isFolder() {
        return endpoint.startsWith("file:");
    }

    @Override
    public void check(Check check) {
        check.that(
                !isOn() || isEndpoint(),
                "endpoint",
                "http://HOST:PORT, https://HOST or file:///FOLDER",
                "leave it empty to keep all segments in the data folder");
        check.that(
                !isOn() || isFolder() || bucket.matches("[A-Za-z0-9._-]{1,255}"),
                "bucket",
                "the name of a bucket",
                "create one and name it here");
        check.that(
                prefix.isEmpty() || prefix.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*"),
                "prefix",
                "names separated by '/', without one at either end",
                "for example \"sherd\"");
        check.that(region.matches("[A-Za-z0-9-]{1,64}"), "region", "the name of a region", "for example \"us-east-1\"");
        check.that(
                accessKey.isEmpty() == secretKey.isEmpty(),
                "secret-key",
                "given if and only if objects.access-key is",
                "give both, or neither to take those of the environment");
        check.that(
                timeout.isPositive() && timeout.compareTo(LONGEST) <= 0,
                "timeout",
                "above 0 and at most 5m",
                "choose a time that a reader will wait");
    }

    private boolean isEndpoint() {
        try {
            var uri = new URI(endpoint);
            boolean plain = uri.getRawQuery() == null && uri.getRawUserInfo() == null;
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return plain
                    && (http
                            ? uri.getHost() != null
                            : isFolder()
                                    && uri.getHost() == null
                                    && uri.getPath() != null
                                    && uri.getPath().length() > 1);
        } catch (URISyntaxException _) {
            return false;
        }
    }
}
