package sherd.server.objects;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import sherd.engine.objects.ObjectException;
import sherd.engine.objects.ObjectException.Reason;
import sherd.engine.objects.ObjectStore;
import sherd.engine.time.Clock;
import sherd.server.config.ObjectsConfig;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects in an S3-compatible store, by the path style that all of them know. Nothing of the machine's own settings for
 * that library is read. Tries each call once: whoever asks knows when to ask again.
 */
final class S3Store implements ObjectStore {
    private static final int STEP = 64 << 10;
    private static final int NOT_FOUND = 404;
    private static final int TIMEOUT = 408;
    private static final int CONFLICT = 409;
    private static final int EXISTS = 412;
    private static final int BEYOND_THE_END = 416;
    private static final int TOO_MANY = 429;
    private static final int SERVER_FAILED = 500;
    private static final int NOT_IMPLEMENTED = 501;

    /** @param token empty for keys that last */
    record Keys(String access, String secret, String token) {
        private AwsCredentials credentials() {
            return token.isEmpty()
                    ? AwsBasicCredentials.create(access, secret)
                    : AwsSessionCredentials.create(access, secret, token);
        }
    }

    private final S3Client client;
    private final String bucket;
    private final String prefix;
    private final String described;
    private final Clock clock;
    private final long timeoutNanos;
    /** Whether the store can be told not to replace an object. */
    private volatile boolean conditional = true;

    private volatile boolean bucketSeen;

    S3Store(ObjectsConfig config, Keys keys, Clock clock) {
        this.bucket = config.bucket();
        this.prefix = config.prefix().isEmpty() ? "" : config.prefix() + "/";
        this.described = config.endpoint() + "/" + bucket + "/" + prefix;
        this.clock = clock;
        this.timeoutNanos = config.timeout().toNanos();
        this.client = S3Client.builder()
                .endpointOverride(URI.create(config.endpoint()))
                .region(Region.of(config.region()))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(keys.credentials()))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(config.timeout())
                        .socketTimeout(config.timeout()))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .defaultProfileFile(ProfileFile.aggregator().build()))
                .build();
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    private <T> T calling(String key, Call<T> call) throws IOException {
        try {
            return call.run();
        } catch (S3Exception e) {
            throw new ObjectException(
                    reason(e),
                    told(
                            key,
                            e.awsErrorDetails() == null
                                    ? "status " + e.statusCode()
                                    : e.statusCode() + " " + e.awsErrorDetails().errorCode()),
                    e);
        } catch (SdkException e) {
            throw new ObjectException(Reason.AWAY, told(key, String.valueOf(e.getMessage())), e);
        }
    }

    private String told(String key, String reason) {
        return "object storage failed: store=" + described + " key=" + key + " reason='" + reason + "'";
    }

    private static Reason reason(S3Exception e) {
        boolean bucketMissing = e.awsErrorDetails() != null
                && "NoSuchBucket".equals(e.awsErrorDetails().errorCode());
        return switch (e.statusCode()) {
            case NOT_FOUND -> bucketMissing ? Reason.REFUSED : Reason.MISSING;
            case TIMEOUT, CONFLICT, TOO_MANY -> Reason.AWAY;
            case BEYOND_THE_END -> Reason.SHORT;
            default -> e.statusCode() >= SERVER_FAILED ? Reason.AWAY : Reason.REFUSED;
        };
    }

    /**
     * Asks first: a store that refuses what is being sent closes the connection, and its reason is lost with that.
     */
    @Override
    public boolean put(String key, Content content) throws IOException {
        requireBucket(key);
        if (size(key).isPresent()) {
            return false;
        }
        try {
            return watched(key, content);
        } catch (ObjectException e) {
            if (conditional && e.getCause() instanceof S3Exception s3 && s3.statusCode() == NOT_IMPLEMENTED) {
                conditional = false;
                return watched(key, content);
            }
            throw e;
        }
    }

    private void requireBucket(String key) throws IOException {
        if (!bucketSeen) {
            calling(key, () -> {
                try {
                    return client.headBucket(request -> request.bucket(bucket));
                } catch (S3Exception e) {
                    if (e.statusCode() == NOT_FOUND) {
                        throw new ObjectException(Reason.REFUSED, told(key, "there is no such bucket"), e);
                    }
                    throw e;
                }
            });
            bucketSeen = true;
        }
    }

    /**
     * Sends on a thread of its own, which is given up when the store takes nothing for too long: a socket that is written
     * to has no timeout. An interrupt closes the socket of a virtual thread.
     */
    private boolean watched(String key, Content content) throws IOException {
        var taken = new AtomicLong(clock.nanoTime());
        var outcome = new CompletableFuture<Boolean>();
        var sender = Thread.ofVirtual().name("sherd-upload").start(() -> {
            try {
                outcome.complete(send(key, content, taken));
            } catch (IOException | RuntimeException | Error e) {
                outcome.completeExceptionally(e);
            }
        });
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return outcome.get(timeoutNanos, TimeUnit.NANOSECONDS);
                } catch (TimeoutException _) {
                    if (clock.nanoTime() - taken.get() > 2 * timeoutNanos) {
                        sender.interrupt();
                        throw new ObjectException(Reason.AWAY, told(key, "it stopped taking what is sent"));
                    }
                } catch (InterruptedException _) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw failure(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case IOException failed -> failed;
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case null, default -> new IOException(e);
        };
    }

    private boolean send(String key, Content content, AtomicLong taken) throws IOException {
        var sum = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(content.sha256()));
        var body = RequestBody.fromContentProvider(
                () -> new Watched(open(content), taken), content.length(), "application/x-tar");
        return calling(key, () -> {
            try {
                client.putObject(
                        request -> request.bucket(bucket)
                                .key(prefix + key)
                                .checksumSHA256(sum)
                                .ifNoneMatch(conditional ? "*" : null),
                        body);
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == EXISTS) {
                    return false;
                }
                throw e;
            }
        });
    }

    private static InputStream open(Content content) {
        try {
            return content.open();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void read(String key, long offset, ByteBuffer target) throws IOException {
        int wanted = target.remaining();
        long started = clock.nanoTime();
        calling(key, () -> {
            try (var answer = client.getObject(request ->
                    request.bucket(bucket).key(prefix + key).range("bytes=" + offset + "-" + (offset + wanted - 1)))) {
                if (answer.response().contentLength() != wanted) {
                    answer.abort();
                    throw new ObjectException(
                            Reason.SHORT,
                            told(
                                    key,
                                    answer.response().contentLength() + " bytes instead of " + wanted + " from "
                                            + offset));
                }
                fill(key, answer, target, started);
            } catch (ObjectException e) {
                throw e;
            } catch (IOException e) {
                throw new ObjectException(Reason.AWAY, told(key, String.valueOf(e.getMessage())), e);
            }
            return key;
        });
    }

    private void fill(String key, InputStream answer, ByteBuffer target, long started) throws IOException {
        var step = new byte[Math.min(STEP, Math.max(1, target.remaining()))];
        while (target.hasRemaining()) {
            int got = answer.read(step, 0, Math.min(step.length, target.remaining()));
            if (got < 0) {
                throw new ObjectException(Reason.AWAY, told(key, "the answer was cut"));
            }
            target.put(step, 0, got);
            if (target.hasRemaining() && clock.nanoTime() - started > timeoutNanos) {
                throw new ObjectException(Reason.AWAY, told(key, "the answer came too slowly"));
            }
        }
    }

    @Override
    public OptionalLong size(String key) throws IOException {
        return calling(key, () -> {
            try {
                return OptionalLong.of(
                        client.headObject(request -> request.bucket(bucket).key(prefix + key))
                                .contentLength());
            } catch (S3Exception e) {
                if (e.statusCode() == NOT_FOUND) {
                    return OptionalLong.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public void delete(String key) throws IOException {
        calling(key, () -> client.deleteObject(request -> request.bucket(bucket).key(prefix + key)));
    }

    @Override
    public List<String> list(String start) throws IOException {
        return calling(start, () -> {
            var keys = new ArrayList<String>();
            client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix + start)).contents().stream()
                    .map(S3Object::key)
                    .map(key -> key.substring(prefix.length()))
                    .sorted()
                    .forEach(keys::add);
            return keys;
        });
    }

    @Override
    public String describe() {
        return described;
    }

    @Override
    public void close() {
        client.close();
    }

    /** Notes when something was last taken from it. */
    private final class Watched extends FilterInputStream {
        private final AtomicLong taken;

        private Watched(InputStream in, AtomicLong taken) {
            super(in);
            this.taken = taken;
        }

        @Override
        public int read() throws IOException {
            taken.set(clock.nanoTime());
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            taken.set(clock.nanoTime());
            return in.read(target, offset, length);
        }
    }
}
