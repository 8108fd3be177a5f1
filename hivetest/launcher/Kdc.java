import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kerby.KOptions;
import org.apache.kerby.kerberos.kerb.client.KrbOption;
import org.apache.kerby.kerberos.kerb.server.KdcConfigKey;
import org.apache.kerby.kerberos.kerb.server.SimpleKdcServer;

/**
 * The KDC of the realm EXAMPLE.COM, over TCP. It writes into the folder krb5 of the server's folder: krb5.conf, the
 * keytabs of hive/localhost, HTTP/localhost, zookeeper/localhost, alice and bob, and two ticket caches of alice, of which expired.ccache is of no use.
 * carol has no keytab but a password, carol-secret; other/localhost is a service that does not run.
 */
final class Kdc {
  private Kdc() { }

  static void start(int port, String serverDir) throws Exception {
    Path dir = Files.createDirectories(Path.of(serverDir, "krb5"));
    SimpleKdcServer kdc = new SimpleKdcServer();
    kdc.setWorkDir(dir.toFile());
    kdc.setKdcRealm("EXAMPLE.COM");
    kdc.setKdcHost("127.0.0.1");
    kdc.setAllowTcp(true);
    kdc.setKdcTcpPort(port);
    kdc.setAllowUdp(false);
    kdc.getKdcConfig().setLong(KdcConfigKey.MINIMUM_TICKET_LIFETIME, 1L);
    kdc.init();
    kdc.start();
    for (String name : new String[] {"hive/localhost", "HTTP/localhost", "zookeeper/localhost", "alice", "bob"}) {
      kdc.createPrincipal(name);
      kdc.exportPrincipal(name, dir.resolve(name.split("/")[0] + ".keytab").toFile());
    }
    kdc.createPrincipal("carol", "carol-secret");
    kdc.createPrincipal("other/localhost");
    Path conf = dir.resolve("krb5.conf");
    Files.writeString(conf, String.join("\n",
        "[libdefaults]",
        "  default_realm = EXAMPLE.COM",
        "  dns_lookup_kdc = false",
        "  dns_lookup_realm = false",
        "  udp_preference_limit = 1",
        "[realms]",
        "  EXAMPLE.COM = {",
        "    kdc = 127.0.0.1:" + port,
        "  }",
        "[domain_realm]",
        "  localhost = EXAMPLE.COM",
        ""));
    System.setProperty("java.security.krb5.conf", conf.toString());
    cache(kdc, dir, "alice.ccache", "86400");
    cache(kdc, dir, "expired.ccache", "1");
  }

  /** Logs alice in, as kinit does. */
  private static void cache(SimpleKdcServer kdc, Path dir, String name, String seconds) throws Exception {
    KOptions o = new KOptions();
    o.add(KrbOption.CLIENT_PRINCIPAL, "alice@EXAMPLE.COM");
    o.add(KrbOption.USE_KEYTAB, true);
    o.add(KrbOption.KEYTAB_FILE, dir.resolve("alice.keytab").toFile());
    o.add(KrbOption.LIFE_TIME, seconds);
    File file = dir.resolve(name).toFile();
    kdc.getKrbClient().storeTicket(kdc.getKrbClient().requestTgt(o), file);
  }
}
