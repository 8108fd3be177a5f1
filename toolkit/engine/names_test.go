package engine_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/engine"
)

// sqlalchemy is what SQLAlchemy 1.4 documents, and what two of its dialects add to the execution options.
var sqlalchemy = map[string]string{
	"create_engine": `case_sensitive connect_args convert_unicode creator echo echo_pool empty_in_strategy
		enable_from_linting encoding execution_options future hide_parameters implicit_returning isolation_level
		json_deserializer json_serializer label_length listeners logging_name max_identifier_length max_overflow module
		paramstyle plugins pool pool_events pool_logging_name pool_pre_ping pool_recycle pool_reset_on_return pool_size
		pool_timeout pool_use_lifo poolclass query_cache_size strategy`,
	"Engine": `begin clear_compiled_cache connect dialect dispose driver execution_options get_execution_options has_table
		name raw_connection table_names update_execution_options url`,
	"Connection": `begin begin_nested begin_twophase close closed commit_prepared connection default_isolation_level detach
		dialect exec_driver_sql execute execution_options get_execution_options get_isolation_level get_nested_transaction
		get_transaction in_nested_transaction in_transaction info invalidate invalidated prepare recover_twophase
		rollback_prepared run_callable scalar scalars schema_for_object transaction`,
	"Execution options": `autocommit compiled_cache cursor_configuration insertmanyvalues_page_size isolation_level
		logging_token max_row_buffer no_parameters preserve_rowcount schema_translate_map stream_results yield_per`,
	"Events": `after_create after_cursor_execute after_drop after_execute before_create before_cursor_execute before_drop
		before_execute begin begin_twophase checkin checkout close close_detached commit commit_twophase connect detach
		do_connect do_execute do_execute_no_params do_executemany do_setinputsizes engine_connect engine_disposed
		first_connect handle_error invalidate prepare_twophase release_savepoint reset rollback rollback_savepoint
		rollback_twophase savepoint set_connection_execution_options set_engine_execution_options soft_invalidate`,
	"Result": `all close closed columns context fetchall fetchmany fetchone first freeze inserted_primary_key
		inserted_primary_key_rows is_insert keys last_inserted_params last_updated_params lastrow_has_defaults lastrowid
		mappings merge one one_or_none partitions postfetch_cols prefetch_cols returned_defaults returned_defaults_rows
		returns_rows rowcount scalar scalar_one scalar_one_or_none scalars supports_sane_multi_rowcount
		supports_sane_rowcount unique yield_per`,
}

// kinds are the types that the page names.
var kinds = map[string]reflect.Type{
	"BatchOptions": reflect.TypeFor[engine.BatchOptions](), "Config": reflect.TypeFor[engine.Config](), "Conn": reflect.TypeFor[*engine.Conn](),
	"Engine": reflect.TypeFor[*engine.Engine](), "Hooks": reflect.TypeFor[engine.Hooks](), "Options": reflect.TypeFor[engine.Options](), "Result": reflect.TypeFor[*engine.Result](),
	"Target": reflect.TypeFor[engine.Target](), "Tx": reflect.TypeFor[*engine.Tx](), "TxOptions": reflect.TypeFor[engine.TxOptions](),
	"URL": reflect.TypeFor[engine.URL](),
}

var quotedName = regexp.MustCompile("`([^`]+)`")

// TestEveryName: the page about engines has every name of SQLAlchemy's, and what it names instead is there; where there is
// nothing, it tells why.
func TestEveryName(t *testing.T) {
	page, err := os.ReadFile("../../docs/engine.md")
	if err != nil {
		t.Fatal(err)
	}
	found, section := map[string][]string{}, ""
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section = title
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		names := quotedName.FindAllStringSubmatch(cells[0], -1)
		if !strings.HasPrefix(line, "| `") || len(cells) != 3 {
			continue
		}
		for _, n := range names {
			found[section] = append(found[section], n[1])
		}
		for _, n := range quotedName.FindAllStringSubmatch(cells[1], -1) {
			if !exists(n[1]) {
				t.Errorf("%s: there is no %s", section, n[1])
			}
		}
		if strings.TrimSpace(cells[1])+strings.TrimSpace(cells[2]) == "" {
			t.Errorf("%s: nothing is told of%s", section, cells[0])
		}
	}
	for section, names := range sqlalchemy {
		for _, name := range strings.Fields(names) {
			if !slices.Contains(found[section], name) {
				t.Errorf("%s: %s is missing", section, name)
			}
		}
	}
}

func exists(name string) bool {
	kind, member, _ := strings.Cut(name, ".")
	typ := kinds[kind]
	if typ == nil {
		return false
	}
	_, is := typ.MethodByName(member)
	if !is && typ.Kind() == reflect.Struct {
		_, is = typ.FieldByName(member)
	}
	return is
}
