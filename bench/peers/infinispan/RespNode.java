import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.globalstate.ConfigurationStorage;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.server.resp.RespServer;
import org.infinispan.server.resp.configuration.RespServerConfigurationBuilder;

/** Infinispan as a server that speaks RESP, without a cluster and with rows in memory only; run from its source. */
final class RespNode {
    private static final String CACHE = "respCache";

    private RespNode() {}

    /** @param arguments the port, the number of I/O threads and an empty folder */
    public static void main(String[] arguments) throws InterruptedException {
        var global = new GlobalConfigurationBuilder().nonClusteredDefault();
        global.globalState() // where it keeps the names of its caches
                .enable()
                .persistentLocation(arguments[2])
                .configurationStorage(ConfigurationStorage.OVERLAY);
        var manager = new DefaultCacheManager(global.build());
        var entries = new ConfigurationBuilder();
        entries.encoding().key().mediaType(MediaType.APPLICATION_OCTET_STREAM);
        entries.encoding().value().mediaType(MediaType.APPLICATION_OCTET_STREAM);
        manager.defineConfiguration(CACHE, entries.build());
        var door = new RespServerConfigurationBuilder()
                .name("resp")
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .defaultCacheName(CACHE)
                .ioThreads(Integer.parseInt(arguments[1]));
        var server = new RespServer();
        server.start(door.build(), manager);
        server.postStart(); // or it has no cache
        System.out.println("infinispan ready");
        Thread.currentThread().join(); // until the process is ended
    }
}
