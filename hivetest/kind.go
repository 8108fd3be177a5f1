package hivetest

import (
	"embed"
	"fmt"
	"strings"
)

// Kind names a server that this package can start.
type Kind string

// The kinds. External is not started: it is the server that SKEP_HIVE_DSN names.
const (
	Hive401    Kind = "hive4"      // HiveServer2 4.0.1 in six modes, and its metastore; MapReduce, and Tez on request
	Hive313    Kind = "hive3"      // HiveServer2 3.1.3 with and without SASL, and its metastore; MapReduce
	Hive2310   Kind = "hive2"      // HiveServer2 2.3.10 with and without SASL, and its metastore; MapReduce
	Spark35    Kind = "spark"      // Spark Thrift Server 3.5.3, and its metastore, of Hive 2.3
	Metastore  Kind = "metastore"  // the metastore of Hive 4.0.1 alone
	Metastore2 Kind = "metastore2" // the metastore of Hive 2.3.10 alone
	Kerberos   Kind = "kerberos"   // HiveServer2 4.0.1 behind Kerberos, in four modes, a metastore, a ZooKeeper and the KDC; Tez
	ZooKeeper  Kind = "zookeeper"  // a ZooKeeper and four HiveServer2 4.0.1 that register there; MapReduce
	External   Kind = "external"
)

// Kinds returns the kinds that can be started.
func Kinds() []Kind {
	return []Kind{Hive401, Hive313, Hive2310, Spark35, Metastore, Metastore2, Kerberos, ZooKeeper}
}

// Services of a server, each on a port of its own.
const (
	svcNone       = "none"       // HiveServer2, authentication NONE: SASL PLAIN, any user and password
	svcHTTP       = "nonehttp"   // the same over HTTP: Basic, any user and password
	svcNoSASL     = "nosasl"     // HiveServer2, authentication NOSASL
	svcLDAP       = "ldap"       // HiveServer2, authentication LDAP: SASL PLAIN, users of the directory
	svcJWKS       = "jwks"       // the public key of Server.JWT
	svcLDAPHTTP   = "ldaphttp"   // the same over HTTP: Basic
	svcTLS        = "tls"        // HiveServer2, authentication LDAP, encrypted
	svcTLSHTTP    = "tlshttp"    // the same over HTTPS
	svcJWT        = "jwthttp"    // HiveServer2 over HTTP, authentication JWT: tokens of Server.JWT
	svcIdle       = "idle"       // HiveServer2, authentication NONE, sessions expire
	svcMetastore  = "metastore"  // metastore, plain Thrift
	svcLDAPServer = "ldapserver" // the directory
	svcKDC        = "kdc"        // the KDC, over TCP
	svcAuth       = "auth"       // HiveServer2, authentication KERBEROS: nothing is protected after the login
	svcAuthHTTP   = "authhttp"   // the same over HTTP: Negotiate
	svcAuthInt    = "auth-int"   // HiveServer2, authentication KERBEROS: what is sent is signed
	svcAuthConf   = "auth-conf"  // HiveServer2, authentication KERBEROS: what is sent is encrypted
	svcZooKeeper  = "zookeeper"  // ZooKeeper
	svcOne        = "one"        // HiveServer2, authentication NONE, registered for every client
	svcTwo        = "twohttp"    // the same over HTTP, under another path than usual
	svcActive     = "active"     // HiveServer2, authentication NONE, registered as one of a pair; the other's place is free
	svcPassive    = "passive"    // the other one
)

// recipe says how a kind is started.
type recipe struct {
	version  string
	locks    []string // its artifacts, files in artifacts/
	java     string   // the class in launcher/ whose method start starts the services
	sources  []string // the Java files that it needs, besides Launcher
	services []string
	keys     bool // it has certificates and signs tokens
	schema   schemaMaker
	site     func(*site)
}

var recipes = map[Kind]*recipe{
	Hive401: {
		version: "4.0.1", locks: []string{"hive4.lock"}, java: "Hive4", sources: sourcesOfHive4,
		services: []string{
			svcNone, svcHTTP, svcNoSASL, svcLDAP, svcLDAPHTTP, svcTLS, svcTLSHTTP, svcJWT, svcIdle, svcMetastore, svcLDAPServer, svcJWKS,
		},
		keys:   true,
		schema: schemaOfHive4, site: siteOfHive4,
	},
	Hive313: {
		version: "3.1.3", locks: []string{"hive3.lock"}, java: "Hive3",
		sources:  []string{"Hive3", "Load", "LocalFiles", "Probe", "SchemaScript", "Services"},
		services: []string{svcNone, svcNoSASL, svcMetastore},
		schema:   schemaOfHive3, site: siteOfHive3,
	},
	Hive2310: {
		version: "2.3.10", locks: []string{"hive2.lock"}, java: "Hive2", sources: sourcesOfHive2,
		services: []string{svcNone, svcNoSASL, svcMetastore},
		schema:   schemaOfHive2, site: siteOfHive2,
	},
	Spark35: {
		version: "3.5.3", locks: []string{"spark.lock", "iceberg.lock"}, java: "Spark", sources: append([]string{"Spark"}, sourcesOfHive2...),
		services: []string{svcNone, svcMetastore},
		schema:   schemaOfHive2, site: siteOfSpark,
	},
	Metastore: {
		version: "4.0.1", locks: []string{"hive4.lock"}, java: "Hive4", sources: sourcesOfHive4,
		services: []string{svcMetastore},
		schema:   schemaOfHive4, site: siteOfHive4,
	},
	Metastore2: {
		version: "2.3.10", locks: []string{"hive2.lock"}, java: "Hive2", sources: sourcesOfHive2,
		services: []string{svcMetastore},
		schema:   schemaOfHive2, site: siteOfHive2,
	},
	Kerberos: {
		version: "4.0.1", locks: []string{"hive4.lock", "kerby.lock", "registry.lock"}, java: "Kerberos",
		sources:  []string{"Http", "Kdc", "Kerberos", "Load", "LocalFiles", "Probe", "Registry", "SchemaScript", "Services"},
		services: []string{svcKDC, svcAuth, svcAuthHTTP, svcAuthInt, svcAuthConf, svcMetastore, svcZooKeeper},
		schema:   schemaOfHive4, site: siteOfKerberos,
	},
	ZooKeeper: {
		version: "4.0.1", locks: []string{"hive4.lock", "registry.lock"}, java: "Discovery",
		sources:  []string{"Discovery", "Http", "Load", "LocalFiles", "Probe", "Registry", "SchemaScript", "Services"},
		services: []string{svcZooKeeper, svcOne, svcTwo, svcActive, svcPassive},
		schema:   schemaOfHive4, site: siteOfZooKeeper,
	},
}

var (
	sourcesOfHive4 = []string{"Hive4", "HiveIcebergStorageHandler", "Http", "Jwks", "Ldap", "Load", "LocalFiles", "Probe", "SchemaScript", "Services"}
	sourcesOfHive2 = []string{"Hive2", "Load", "LocalFiles", "Probe", "Schema2", "Services"}
)

func recipeOf(kind Kind) (*recipe, error) {
	r := recipes[kind]
	if r == nil {
		names := make([]string, 0, len(recipes))
		for _, k := range Kinds() {
			names = append(names, string(k))
		}
		return nil, fmt.Errorf("hivetest: no such kind of server: %q; there are %s", kind, strings.Join(names, ", "))
	}
	return r, nil
}

//go:embed artifacts/*.lock
var lockFiles embed.FS

// artifacts reads the recipe's lock files.
func (r *recipe) artifacts() ([]artifact, error) {
	var all []artifact
	for _, name := range r.locks {
		text, err := lockFiles.ReadFile("artifacts/" + name)
		if err != nil {
			return nil, err
		}
		some, err := parseLock(name, string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
