/** Export and its formats. */
import { catalogue } from '../catalogue.ts';

export const exportingWords = catalogue({
  'export.subtitle': [
    'Files that other tools open as they are. Each is read back and compared before it counts as done.',
    '其他工具可直接打开的文件。每个文件都会读回并比对，之后才算完成。',
  ],
  'export.emptyText': ['Train a run first; then take its encoder with you.', '先训练一次，然后把编码器带走。'],
  'export.encoder': ['The encoder', '编码器'],
  'export.embeddings': ['Embeddings of your photos', '照片的嵌入'],
  'export.photos': ['Photos', '照片'],
  'export.ownFolder': ['Into Lookalike’s exports folder', '存入 Lookalike 的导出文件夹'],
  'export.guard': [
    'Safe in a spreadsheet: in CSV, names that begin with =, +, - or @ get an apostrophe',
    '在电子表格中安全：CSV 中以 =、+、-、@ 开头的名称前加撇号',
  ],
  'export.onlyChosen': [
    { one: 'Only the chosen photo', other: 'Only the {count} chosen photos' },
    '仅所选的 {count} 张照片',
  ],
  'export.start': [{ one: 'Export {count} format', other: 'Export {count} formats' }, '导出 {count} 种格式'],
  'export.replace': ['Replace them', '替换它们'],
  'elsewhere.title': ['Train on other machines, in PyTorch', '在其他机器上用 PyTorch 训练'],
  'elsewhere.text': [
    'Writes a folder with settings, weights, the list of photos and scripts: for one machine with several graphics cards, and for SLURM. What was trained there comes back by “Import a run” under Runs. The manual has a chapter on it.',
    '写出一个含有设置、权重、照片列表和脚本的文件夹：用于有多张显卡的机器，以及 SLURM。在那里训练的结果可由“训练记录”中的“导入训练”取回。手册中有一章说明。',
  ],
  'elsewhere.shards': ['Pack the photos too, as they are trained on', '同时按训练所用的样子打包照片'],
  'elsewhere.target': ['Choose a folder', '选择文件夹'],
  'elsewhere.write': ['Write', '写出'],
  'elsewhere.written': ['Written to {folder}.', '已写入 {folder}。'],
  'elsewhere.import': ['Import a run', '导入训练'],
  'export.result': ['What was exported', '导出结果'],
  'export.done': [
    {
      one: '{count} file written, {checked} read back and compared',
      other: '{count} files written, {checked} read back and compared',
    },
    '已写入 {count} 个文件，其中 {checked} 个已读回比对',
  ],
  'export.verified': ['Read back', '读回核对'],
  'export.notWritten': ['{format} was not written: {reason}', '{format} 未能写出：{reason}'],
  'export.verifiedHint': [
    'Each file was opened again with the program named here; the number is the largest difference from the trainer’s own values (0: exactly equal).',
    '每个文件都用此处所列程序重新打开；数字是与训练时数值的最大差异（0：完全相同）。',
  ],
  'export.difference': ['largest difference {difference}, by {reader}', '最大差异 {difference}，由 {reader}'],
  'export.history': ['Earlier exports', '先前的导出'],

  'format.onnx': ['ONNX', 'ONNX'],
  'format.onnx.text': [
    'Runs anywhere: Python, JavaScript, C++, phones. Preprocessing is in its metadata.',
    '到处可运行：Python、JavaScript、C++、手机。预处理写在元数据中。',
  ],
  'format.safetensors': ['Safetensors', 'Safetensors'],
  'format.safetensors.text': [
    'Weights for PyTorch, with timm’s config and torchvision’s names.',
    '用于 PyTorch 的权重，附 timm 配置，采用 torchvision 的名称。',
  ],
  'format.detectron2': ['Detectron2', 'Detectron2'],
  'format.detectron2.text': [
    'A checkpoint that a detector starts from; for networks of full width with the ImageNet stem.',
    '供检测器起步的检查点；仅限完整宽度、ImageNet 输入层的网络。',
  ],
  'format.npy': ['NumPy + CSV', 'NumPy + CSV'],
  'format.npy.text': ['A matrix and a list of files in its order.', '一个矩阵，以及按其顺序排列的文件列表。'],
  'format.csv': ['CSV', 'CSV'],
  'format.csv.text': ['For a spreadsheet or R.', '用于电子表格或 R。'],
  'format.parquet': ['Parquet', 'Parquet'],
  'format.parquet.text': ['For pandas, Polars, DuckDB and data lakes.', '用于 pandas、Polars、DuckDB 与数据湖。'],
  'format.arrow': ['Arrow', 'Arrow'],
  'format.arrow.text': [
    'For LanceDB, pyarrow and Polars, without a copy.',
    '用于 LanceDB、pyarrow 与 Polars，无需复制。',
  ],
  'format.jsonl': ['JSON Lines', 'JSON Lines'],
  'format.jsonl.text': ['One object a photo, as vector databases load it.', '每张照片一个对象，可直接载入向量数据库。'],
  'format.projector': ['TensorBoard Projector', 'TensorBoard Projector'],
  'format.projector.text': ['Vectors, metadata and a sprite to look at.', '向量、元数据与可供查看的缩略图拼图。'],
});
