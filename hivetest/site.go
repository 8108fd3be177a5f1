package hivetest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
)

// site is a server's folder and what is configured in it.
type site struct {
	dir   string
	ports map[string]int // by service
	keys  string         // see kit
	conf  map[string]string
}

func (s *site) file(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

func (s *site) set(conf map[string]string) { maps.Copy(s.conf, conf) }

// siteOfHive is common to all versions of Hive: files instead of HDFS, everything in the server's folder, jobs in the
// server's own JVM, listening on loopback only.
func siteOfHive(s *site) {
	s.set(map[string]string{
		"javax.jdo.option.ConnectionURL":              "jdbc:derby:;databaseName=" + s.file("metastore_db"),
		"javax.jdo.option.ConnectionDriverName":       "org.apache.derby.jdbc.EmbeddedDriver",
		"hive.metastore.schema.verification":          "false",
		"hive.metastore.warehouse.dir":                s.file("warehouse"),
		"hive.exec.scratchdir":                        s.file("scratch"),
		"hive.exec.local.scratchdir":                  s.file("scratch-local"),
		"hive.downloaded.resources.dir":               s.file("resources", "${hive.session.id}"), // a session deletes it
		"hive.server2.logging.operation.log.location": s.file("operation-logs"),
		"hadoop.tmp.dir":                              s.file("hadoop"),
		"fs.defaultFS":                                "file:///",
		"fs.file.impl":                                "LocalFiles", // of the launcher
		"mapreduce.framework.name":                    "local",
		"mapreduce.task.io.sort.mb":                   "16",                 // of a heap that all jobs share
		"hive.exec.counters.pull.interval":            "50",                 // ms between looks at whether a job has ended
		"iocontext.input.name":                        "${hive.session.id}", // else all map tasks share one IOContext, and its input path
		"hive.execution.engine":                       "mr",
		"hive.exec.submit.local.task.via.child":       "false", // else a map join wants a script named hadoop
		"hive.server2.thrift.bind.host":               "127.0.0.1",
		"hive.server2.thrift.port":                    strconv.Itoa(s.ports[svcNone]),
		"hive.server2.webui.port":                     "0", // none
		"hive.server2.enable.doAs":                    "false",
		"hive.support.concurrency":                    "false",
		"hive.exec.dynamic.partition.mode":            "nonstrict",
		"hive.compactor.initiator.on":                 "false",
		"hive.compactor.worker.threads":               "0",
		"hive.stats.autogather":                       "false",
		"hive.async.log.enabled":                      "false",
		"hive.server2.authentication.ldap.url":        fmt.Sprintf("ldap://127.0.0.1:%d", s.ports[svcLDAPServer]),
		"hive.server2.authentication.ldap.baseDN":     "ou=people,dc=example,dc=com",
		"hive.server2.logging.operation.level":        "EXECUTION",
	})
}

func siteOfHive2(s *site) {
	siteOfHive(s)
	s.set(map[string]string{
		"datanucleus.schema.autoCreateAll": "true",  // for the tables that Schema2 did not come across
		"hive.auto.convert.join":           "false", // a MERGE fails as a map join
	})
}

func siteOfHive3(s *site) {
	siteOfHive(s)
	s.set(map[string]string{
		"hive.query.results.cache.directory":            s.file("results-cache"),
		"hive.notification.event.poll.interval":         "0",
		"hive.metastore.event.db.notification.api.auth": "false",
		"hive.auto.convert.join":                        "false", // as for Hive 2
	})
}

func siteOfSpark(s *site) {
	siteOfHive2(s)
	s.set(map[string]string{"hive.metastore.uris": fmt.Sprintf("thrift://127.0.0.1:%d", s.ports[svcMetastore])})
}

func siteOfHive4(s *site) {
	siteOfHive(s)
	s.set(map[string]string{
		"hive.metastore.warehouse.external.dir":         s.file("warehouse-external"),
		"hive.query.results.cache.directory":            s.file("results-cache"),
		"hive.create.as.acid":                           "false",
		"hive.scheduled.queries.executor.enabled":       "false", // one for each JVM is all that Hive can do
		"hive.notification.event.poll.interval":         "0",
		"hive.metastore.event.db.notification.api.auth": "false",
		"metastore.thrift.bind.host":                    "127.0.0.1",
		"yarn.resourcemanager.principal":                "hive/localhost@EXAMPLE.COM",
		// For sessions that say "set hive.execution.engine=tez".
		"tez.local.mode":                                "true",
		"tez.local.mode.without.network":                "true",
		"tez.runtime.optimize.local.fetch":              "true",
		"tez.ignore.lib.uris":                           "true",
		"tez.am.resource.memory.mb":                     "256",
		"tez.runtime.io.sort.mb":                        "32",
		"tez.staging-dir":                               s.file("tez-staging"),
		"hive.tez.container.size":                       "256",
		"hive.tez.exec.inplace.progress":                "true",
		"hive.server2.in.place.progress":                "true",
		"hive.server2.tez.initialize.default.sessions":  "false",
		"hive.user.install.directory":                   s.file("install"),
		"hive.jar.directory":                            s.file("install"),
		"hive.auto.convert.join.noconditionaltask.size": "10000000",
	})
	if s.keys == "" {
		return
	}
	s.set(map[string]string{
		"hive.server2.keystore.path":               filepath.Join(s.keys, keyStoreFile),
		"hive.server2.keystore.password":           keyStorePassword,
		"hive.server2.keystore.type":               "PKCS12",
		"hive.server2.authentication.jwt.jwks.url": fmt.Sprintf("http://127.0.0.1:%d/", s.ports[svcJWKS]),
	})
}

// siteOfKerberos lets everybody in who has a ticket. The name of the server's principal becomes that of the user who
// runs it, since Tez looks at who owns its folders.
func siteOfKerberos(s *site) {
	siteOfHive4(s)
	s.set(map[string]string{
		"hadoop.security.authentication":                 "kerberos",
		"hadoop.security.auth_to_local":                  "RULE:[2:$1](hive)s/.*/" + userName() + "/ DEFAULT",
		"hive.server2.authentication":                    "KERBEROS",
		"hive.server2.authentication.kerberos.principal": "hive/localhost@EXAMPLE.COM",
		"hive.server2.authentication.kerberos.keytab":    s.file("krb5", "hive.keytab"), // the launcher writes it
		"hadoop.proxyuser." + userName() + ".hosts":      "*",                           // else the server hands out no delegation tokens
		"hadoop.proxyuser." + userName() + ".groups":     "*",
		"hive.server2.authentication.spnego.principal":   "HTTP/localhost@EXAMPLE.COM",
		"hive.server2.authentication.spnego.keytab":      s.file("krb5", "HTTP.keytab"),
		"hive.execution.engine":                          "tez", // MapReduce would want Hadoop's native library to sort
	})
	setQuorum(s, "localhost") // as in the principal of ZooKeeper
}

// siteOfZooKeeper says where servers register; which of them do says the launcher.
func siteOfZooKeeper(s *site) {
	siteOfHive4(s)
	setQuorum(s, "127.0.0.1")
}

func setQuorum(s *site, host string) {
	s.set(map[string]string{
		"hive.zookeeper.quorum":      fmt.Sprintf("%s:%d", host, s.ports[svcZooKeeper]),
		"hive.zookeeper.client.port": strconv.Itoa(s.ports[svcZooKeeper]),
	})
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "hive"
}

// log4j is the configuration of the server's log, which is its stderr.
const log4j = `status = ERROR
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %5p [%t] %c{2}: %m%n
rootLogger.level = WARN
rootLogger.appenderRef.console.ref = console
# which warns of each query without a table
logger.fetch.name = org.apache.hadoop.hive.ql.optimizer.SimpleFetchOptimizer
logger.fetch.level = ERROR
`

// write writes the configuration files into the folder conf, which comes first in the server's class path.
func (s *site) write() error {
	if err := os.MkdirAll(s.file("conf"), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(s.file("conf", "hive-log4j2.properties"), []byte(log4j), 0o600); err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("<configuration>\n")
	for _, name := range slices.Sorted(maps.Keys(s.conf)) {
		b.WriteString("<property><name>")
		xml.EscapeText(&b, []byte(name))
		b.WriteString("</name><value>")
		xml.EscapeText(&b, []byte(s.conf[name]))
		b.WriteString("</value></property>\n")
	}
	b.WriteString("</configuration>\n")
	return os.WriteFile(s.file("conf", "hive-site.xml"), b.Bytes(), 0o600)
}
