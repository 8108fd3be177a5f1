import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.net.InetAddress;

/** A directory with two people, alice and bob, whose passwords are alice-secret and bob-secret. */
final class Ldap {
  private Ldap() { }

  static void start(int port) throws Exception {
    InMemoryDirectoryServerConfig c = new InMemoryDirectoryServerConfig("dc=example,dc=com");
    c.setSchema(null);
    c.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig("ldap", InetAddress.getByName("127.0.0.1"), port, null));
    InMemoryDirectoryServer s = new InMemoryDirectoryServer(c);
    s.add("dn: dc=example,dc=com", "objectClass: domain", "dc: example");
    s.add("dn: ou=people,dc=example,dc=com", "objectClass: organizationalUnit", "ou: people");
    for (String user : new String[] {"alice", "bob"}) {
      s.add("dn: uid=" + user + ",ou=people,dc=example,dc=com", "objectClass: inetOrgPerson",
          "uid: " + user, "cn: " + user, "sn: " + user, "userPassword: " + user + "-secret");
    }
    s.startListening();
  }
}
