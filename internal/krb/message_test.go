package krb

import (
	"testing"

	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"
)

// FuzzDecode: a message from the network is read or refused, whatever it is.
func FuzzDecode(f *testing.F) {
	other := keyOf(etypeID.AES256_CTS_HMAC_SHA1_96)
	other.KeyValue[0] ^= 1
	f.Fuzz(func(t *testing.T, b []byte) {
		var rep reply
		if decode(b, asnAppTag.ASREP, &rep) == nil {
			keyInfo(rep.PAData, []int32{etypeID.AES256_CTS_HMAC_SHA1_96})
			if _, err := openReply(&rep, requestBody{}, other, keyusage.AS_REP_ENCPART); err == nil {
				t.Error("a reply was read without its key")
			}
		}
		if part, err := decodePart(b); err == nil {
			t.Log((&ticket{server: principal{part.SName, part.SRealm}}).grants())
		}
		if e := readKRBError(b); e != nil {
			t.Log(e.Error())
			keyInfo(e.method, []int32{etypeID.AES256_CTS_HMAC_SHA1_96})
		}
		var part answerPart
		_ = decode(b, asnAppTag.EncAPRepPart, &part)
		keyInfo(types.PADataSequence{{PADataType: 19, PADataValue: b}}, []int32{etypeID.AES256_CTS_HMAC_SHA1_96})
	})
}
