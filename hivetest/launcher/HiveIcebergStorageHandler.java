package org.apache.iceberg.mr.hive;

import org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat;
import org.apache.hadoop.hive.ql.metadata.DefaultStorageHandler;
import org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.WritableComparable;
import org.apache.hadoop.mapred.TextInputFormat;

/**
 * With the classes below it stands in for those that Hive 4 wants, by these names, for STORED BY ICEBERG, and that no
 * registry has. Hive reads and plans whatever is said of such tables; their files are text, not Iceberg's.
 */
public class HiveIcebergStorageHandler extends DefaultStorageHandler {
  @Override
  public boolean supportsPartitionTransform() {
    return true;
  }
}

class HiveIcebergInputFormat extends TextInputFormat { }

class HiveIcebergOutputFormat extends HiveIgnoreKeyTextOutputFormat<WritableComparable<?>, Text> { }

class HiveIcebergSerDe extends LazySimpleSerDe { }
