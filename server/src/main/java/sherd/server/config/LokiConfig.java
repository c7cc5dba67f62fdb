package sherd.server.config;

import java.time.Duration;

/**
 * Queries that name other servers.
 *
 * @param cluster what this node is called among them
 * @param peers the others
 * @param peerTimeout how long one of them may take
 */
public record LokiConfig(String cluster, LokiPeers peers, Duration peerTimeout) implements Section {
    private static final Duration LONGEST = Duration.ofMinutes(5);

    @Override
    public void check(Check check) {
        check.that(
                cluster.matches("[A-Za-z0-9_-]{1,64}"),
                "cluster",
                "1 to 64 letters, digits, '_' and '-'",
                "choose a plain name");
        check.that(
                !peers.byName().containsKey(cluster),
                "peers",
                "other names than loki.cluster",
                "give this node another name, or leave it out of its peers");
        check.that(
                peerTimeout.isPositive() && peerTimeout.compareTo(LONGEST) <= 0,
                "peer-timeout",
                "above 0 and at most 5m",
                "choose a time that a reader will wait");
    }
}
