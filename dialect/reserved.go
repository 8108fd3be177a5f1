package dialect

import "strings"

// versions is a set of versions.
type versions uint8

func in(list ...Version) versions {
	var set versions
	for _, v := range list {
		set |= 1 << v
	}
	return set
}

// reservedWords are those that each version of Hive reserves. Spark reserves fewer; it gets those of the newest Hive, so
// that names do not change their look between the two.
var reservedWords = func() map[string]versions {
	words := map[string]versions{}
	for _, list := range []struct {
		in    versions
		words string
	}{
		{in(Hive23, Hive31, Hive40, Spark35), `
			all alter and array as authorization between bigint binary boolean both by case cast char column commit conf
			constraint create cross cube current current_date current_timestamp cursor database date decimal delete
			describe distinct double drop else end except exchange exists extended external extract false fetch float
			floor following for foreign from full function grant group grouping having if import in inner insert int
			integer intersect interval into is join lateral left less like local macro map merge minus more none not null
			of on only or order out outer over partition percent preceding precision preserve primary procedure range
			reads reduce references regexp revoke right rlike rollback rollup row rows select set smallint start table
			tablesample then timestamp to transform trigger true truncate unbounded union uniquejoin update user using
			values varchar when where window with`},
		{in(Hive40, Spark35), `
			compactionid connector connectors convert ddl div force leading older pkfk_join prepare qualify real some than
			trailing`},
		{in(Hive31, Hive40, Spark35), `
			any application dec numeric sync time timestamplocaltz unique`},
		{in(Hive23), `
			partialscan`},
	} {
		for _, word := range strings.Fields(list.words) {
			words[word] |= list.in
		}
	}
	return words
}()

// ends are the last letters of the reserved words of each length and first letter: most names are seen to be none of
// them without a search.
var ends = func() (letters [32][26]uint32) {
	for word := range reservedWords {
		letters[len(word)][word[0]-'a'] |= 1 << (word[len(word)-1] - 'a')
	}
	return letters
}()

// reserved reports whether a lower-case word must be quoted. For a version that is not known, every word that some
// version reserves must be.
func reserved(v Version, word string) bool {
	if len(word) >= len(ends) || ends[len(word)][word[0]-'a']&(1<<(word[len(word)-1]-'a')) == 0 {
		return false
	}
	set := reservedWords[word]
	return set != 0 && (set&(1<<v) != 0 || v > Spark35)
}
