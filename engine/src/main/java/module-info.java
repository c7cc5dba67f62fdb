/** The store, embeddable. The server runs it on the class path; a program on the module path sees what is exported here. */
module sherd.engine {
    requires static com.google.errorprone.annotations;
    requires static org.jspecify;
    requires com.github.luben.zstd_jni;
    requires flatbuffers.java;
    requires org.apache.arrow.format;
    requires jdk.unsupported;
    requires tools.jackson.core;

    exports sherd.engine.error;
    exports sherd.engine.observe;
    exports sherd.engine.time;
}
