package live

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
)

// OwnDatabase is a pool of one connection to a database of the test's own, and the name of that. Its session is set up for
// whatever a dialect may write; conf is set there, too.
func OwnDatabase(t *testing.T, srv *hivetest.Server, conf ...map[string]string) (db *sql.DB, name string) {
	t.Helper()
	outside := Open(t, srv)
	name = ownName(t)
	create := "create database " + name
	if srv.Kind() == hivetest.Hive401 { // finds no rows of transactional tables below a folder with a dot before its name, such as .cache
		create += " managedlocation '" + filepath.Join(t.TempDir(), "managed") + "'"
	}
	Exec(t, outside, create)
	t.Cleanup(func() {
		if _, err := outside.ExecContext(context.Background(), "drop database "+name+" cascade"); err != nil {
			t.Error(err)
		}
	})
	db = OpenDSN(t, Config(t, srv, func(c *hive.Config) {
		c.Database = name
		c.SessionConf = map[string]string{ // what a plain local server lacks or forbids, and no dialect can know
			"hive.exec.submit.local.task.via.child": "false",
			"hive.strict.checks.cartesian.product":  "false",
			"hive.mapred.mode":                      "nonstrict",
			"hive.exec.dynamic.partition.mode":      "nonstrict",
			"hive.auto.convert.join":                "false",
			"hive.archive.enabled":                  "true",
			"hive.support.concurrency":              "true", // and tables can be transactional
			"hive.txn.manager":                      "org.apache.hadoop.hive.ql.lockmgr.DbTxnManager",
		}
		for _, settings := range conf {
			maps.Copy(c.SessionConf, settings)
		}
	}).FormatDSN())
	db.SetMaxOpenConns(1)
	return db, name
}

// ownName is a name that no other test has, of this process or another one.
func ownName(t testing.TB) string {
	return fmt.Sprintf("%s_%d", noWord.ReplaceAllString(strings.ToLower(t.Name()), "_"), os.Getpid())
}

var noWord = regexp.MustCompile(`\W+`)

// Changing is what a session is told that changes rows. With MapReduce, Hive 4 finds no rows of a table that a MERGE reads
// as it is; Spark has rows to change in tables of Iceberg, if that is its catalog.
var Changing = map[hivetest.Kind]map[string]string{
	hivetest.Hive401: {"hive.execution.engine": "tez"},
	hivetest.Spark35: {
		"spark.sql.catalog.spark_catalog":      "org.apache.iceberg.spark.SparkSessionCatalog",
		"spark.sql.catalog.spark_catalog.type": "hive",
	},
}
