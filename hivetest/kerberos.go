package hivetest

// A server of the kind Kerberos has a realm of its own, EXAMPLE.COM, whose KDC is a service of the server. HiveServer2 is
// hive/localhost@EXAMPLE.COM there, so clients name it localhost. The users alice and bob have keytabs, carol has the
// password carol-secret; other/localhost is a service that does not run. Over HTTP the HiveServer2 is HTTP/localhost, too.
// MetastoreAddr is that of a metastore hive/localhost, which offers every protection, and ZooKeeperAddr that of a ZooKeeper
// zookeeper/localhost, which wants a login.

// KerberosAddr returns host:port of the HiveServer2 of a server of kind Kerberos that protects what is sent after the
// login as qop says: "auth" is not at all, "auth-int" signed, "auth-conf" encrypted. It accepts no other protection.
func (s *Server) KerberosAddr(qop string) string {
	switch qop {
	case svcAuth, svcAuthInt, svcAuthConf:
		return s.addr(qop)
	}
	return ""
}

// KerberosHTTPAddr returns host:port of the HiveServer2 of KerberosAddr("auth") over HTTP, under the path cliservice.
func (s *Server) KerberosHTTPAddr() string { return s.addr(svcAuthHTTP) }

// KDCAddr returns host:port of the KDC of a server of kind Kerberos. It listens on TCP.
func (s *Server) KDCAddr() string { return s.addr(svcKDC) }

// KerberosFile returns the name of a file of the realm of a server of kind Kerberos: "krb5.conf", the keytabs
// "hive.keytab", "alice.keytab" and "bob.keytab", and the ticket caches "alice.ccache", and "expired.ccache", whose
// ticket has expired. They go with the server. "" if the server has no realm.
func (s *Server) KerberosFile(name string) string {
	if s.KDCAddr() == "" {
		return ""
	}
	return s.store.realmFile(s.state, name)
}

func (s *store) realmFile(st *state, name string) string { return s.path("run", st.ID, "krb5", name) }
