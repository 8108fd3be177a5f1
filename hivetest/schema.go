package hivetest

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// schemaMaker makes an empty metastore database, the folder metastore_db of out. files are the recipe's artifacts.
type schemaMaker func(ctx context.Context, k *kit, files []string, out, work string) error

// The newest scripts: patch releases have none of their own.
var (
	schemaOfHive4 = schemaScript("hive-schema-4.0.0.derby.sql")
	schemaOfHive3 = schemaScript("hive-schema-3.1.0.derby.sql")
)

// schemaScript runs a script of Hive's own, which lies in an archive.
func schemaScript(script string) schemaMaker {
	return func(ctx context.Context, k *kit, files []string, out, work string) error {
		for _, f := range files {
			if strings.HasSuffix(f, ".tar.gz") {
				if err := extract(f, "*/scripts/metastore/upgrade/derby/"+script, work); err != nil {
					return err
				}
			}
		}
		return k.makeSchema(ctx, out, work, "SchemaScript", filepath.Join(work, script))
	}
}

// schemaOfHive2 lets Hive create the tables: it can, and no artifact holds the scripts of 2.3.
func schemaOfHive2(ctx context.Context, k *kit, _ []string, out, work string) error {
	return k.makeSchema(ctx, out, work, "Schema2")
}

// makeSchema runs a Java program whose first argument is the database.
func (k *kit) makeSchema(ctx context.Context, out, work, class string, args ...string) error {
	java := append(addOpens(), "-XX:TieredStopAtLevel=1", "-Dderby.stream.error.file="+filepath.Join(work, "derby.log"),
		"-cp", classPath(append([]string{k.classes}, k.jars...)...), class, filepath.Join(out, "metastore_db"))
	cmd := exec.CommandContext(ctx, k.jdk.java, append(java, args...)...)
	cmd.Dir, cmd.Env = work, serverEnv()
	if err := runTool(ctx, cmd); err != nil {
		return fmt.Errorf("hivetest: making the metastore's schema: %w", err)
	}
	return nil
}
