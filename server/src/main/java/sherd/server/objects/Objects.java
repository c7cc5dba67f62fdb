package sherd.server.objects;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.objects.FolderStore;
import sherd.engine.objects.ObjectStore;
import sherd.engine.time.Clock;
import sherd.server.config.ObjectsConfig;

/** The store that a configuration names. */
public final class Objects {
    private static final String ACCESS_KEY = "AWS_ACCESS_KEY_ID";
    private static final String SECRET_KEY = "AWS_SECRET_ACCESS_KEY";
    private static final String SESSION_TOKEN = "AWS_SESSION_TOKEN";

    private Objects() {}

    /**
     * Does not reach out yet: a node starts whether its store is there or not.
     *
     * @param environment where credentials are that the configuration does not have
     * @throws StoreException INVALID_CONFIG without credentials, DISK_FAILED for a folder that cannot be used
     */
    public static Optional<ObjectStore> open(ObjectsConfig config, Map<String, String> environment, Clock clock) {
        if (!config.isOn()) {
            return Optional.empty();
        }
        return Optional.of(config.isFolder() ? folder(config) : new S3Store(config, keys(config, environment), clock));
    }

    private static ObjectStore folder(ObjectsConfig config) {
        var path = Path.of(URI.create(config.endpoint()).getPath())
                .resolve(config.bucket())
                .resolve(config.prefix());
        try {
            return new FolderStore(new LocalDisk(path));
        } catch (IOException e) {
            throw new StoreException(
                    ErrorCode.DISK_FAILED,
                    "cannot use the folder of objects: folder=" + path + " reason='" + e
                            + "'; set objects.endpoint to a folder that this user may write to",
                    e);
        }
    }

    private static S3Store.Keys keys(ObjectsConfig config, Map<String, String> environment) {
        if (!config.accessKey().isEmpty()) {
            return new S3Store.Keys(
                    config.accessKey().value(), config.secretKey().value(), "");
        }
        var access = environment.getOrDefault(ACCESS_KEY, "");
        var secret = environment.getOrDefault(SECRET_KEY, "");
        if (access.isEmpty() || secret.isEmpty()) {
            throw new StoreException(
                    ErrorCode.INVALID_CONFIG,
                    "no credentials for object storage: endpoint=" + config.endpoint()
                            + "; set objects.access-key and objects.secret-key, or " + ACCESS_KEY + " and " + SECRET_KEY
                            + " in the environment");
        }
        return new S3Store.Keys(access, secret, environment.getOrDefault(SESSION_TOKEN, ""));
    }
}
