package live

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
)

// OwnDatabase is a pool of one connection to a database of the test's own, and the name of that. Its session is set up for
// whatever a dialect may write.
func OwnDatabase(t *testing.T, srv *hivetest.Server) (db *sql.DB, name string) {
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
			"hive.support.concurrency":              "true", // and tables can be transactional
			"hive.txn.manager":                      "org.apache.hadoop.hive.ql.lockmgr.DbTxnManager",
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
